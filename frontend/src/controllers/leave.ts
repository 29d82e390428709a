import { Controller } from "@hotwired/stimulus";

/**
 * Asks before the page is left for good while something is uploaded but not submitted (`[data-unsent]`), or still on its
 * way (`.sending`). Links and forms of the service itself don't count as leaving, logging out does.
 */
export default class extends Controller<HTMLElement> {
  private staying = false;
  /** Browsers ask nobody who has not touched the page yet. */
  private touched = false;

  override connect(): void {
    window.addEventListener("beforeunload", this.leaving);
    window.addEventListener("pageshow", this.arrived);
    document.addEventListener("pointerdown", this.touch);
    document.addEventListener("keydown", this.touch);
    document.addEventListener("click", this.followed);
    document.addEventListener("submit", this.sent);
  }

  override disconnect(): void {
    window.removeEventListener("beforeunload", this.leaving);
    window.removeEventListener("pageshow", this.arrived);
    document.removeEventListener("pointerdown", this.touch);
    document.removeEventListener("keydown", this.touch);
    document.removeEventListener("click", this.followed);
    document.removeEventListener("submit", this.sent);
  }

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.touched && !this.staying && document.querySelector("[data-unsent], .sending")) {
      event.preventDefault();
      event.returnValue = "";
    }
  };

  private readonly touch = (): void => {
    this.touched = true;
  };

  private readonly arrived = (): void => {
    this.staying = false;
  };

  private readonly followed = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    this.staying = link !== null && link.origin === window.location.origin;
  };

  private readonly sent = (event: Event): void => {
    const form = event.target;
    this.staying = form instanceof HTMLFormElement && !form.hasAttribute("data-ends-session");
  };
}
