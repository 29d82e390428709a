import { Controller } from "@hotwired/stimulus";

/**
 * A second click on a form's button sends nothing. Coming back to the page makes the form usable again, and so does the
 * answer to a request a script sent it with: a refusal, or none at all, leaves it in the page.
 */
export default class extends Controller<HTMLFormElement> {
  static override values = { busy: String };

  declare readonly busyValue: string;

  private sent = false;
  private restore: (() => void) | null = null;
  private readonly shownAgain = (event: PageTransitionEvent): void => {
    if (event.persisted) {
      this.release();
    }
  };
  private readonly release = (): void => {
    this.sent = false;
    this.restore?.();
    this.restore = null;
  };

  override connect(): void {
    window.addEventListener("pageshow", this.shownAgain);
    this.element.addEventListener("htmx:afterRequest", this.release);
  }

  override disconnect(): void {
    window.removeEventListener("pageshow", this.shownAgain);
    this.element.removeEventListener("htmx:afterRequest", this.release);
  }

  send(event: SubmitEvent): void {
    if (this.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.defaultPrevented) {
      return;
    }
    this.sent = true;
    const button = (event.submitter ?? this.element.querySelector("button:not([type=button])")) as HTMLElement | null;
    if (button) {
      const before = button.textContent;
      // Not disabled: a disabled button loses its name and value from what is sent.
      button.setAttribute("aria-disabled", "true");
      if (this.busyValue) {
        button.textContent = this.busyValue;
      }
      this.restore = () => {
        button.removeAttribute("aria-disabled");
        button.textContent = before;
      };
    }
  }
}
