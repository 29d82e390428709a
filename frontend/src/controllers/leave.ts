import { Controller } from "@hotwired/stimulus";

import { onGoing } from "../lib/going";
import { wantsNewTab } from "../lib/modal";
import { Store } from "../upload/queue/store";

/**
 * Asks before the page is left for good while something is uploaded but not submitted (`[data-unsent]`), or still on its
 * way (`.sending`). Links and forms of the service itself don't count as leaving, except where a picture on its way
 * would go with the page (`[data-only-here]`); logging out does, and takes what this browser kept with it.
 */
export default class extends Controller<HTMLElement> {
  private staying = false;
  /** Browsers ask nobody who has not touched the page yet. */
  private touched = false;
  private stopHearing: () => void = () => undefined;

  override connect(): void {
    window.addEventListener("beforeunload", this.leaving);
    window.addEventListener("pageshow", this.arrived);
    document.addEventListener("pointerdown", this.touch);
    document.addEventListener("keydown", this.touch);
    document.addEventListener("click", this.followed);
    document.addEventListener("submit", this.sent);
    this.stopHearing = onGoing(() => (this.staying = true));
  }

  override disconnect(): void {
    window.removeEventListener("beforeunload", this.leaving);
    window.removeEventListener("pageshow", this.arrived);
    document.removeEventListener("pointerdown", this.touch);
    document.removeEventListener("keydown", this.touch);
    document.removeEventListener("click", this.followed);
    document.removeEventListener("submit", this.sent);
    this.stopHearing();
  }

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    const lost = this.staying ? "[data-only-here]" : "[data-unsent], .sending";
    // A link that turns out to be a download leaves the page where it is.
    this.staying = false;
    if (this.touched && document.querySelector(lost)) {
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
    // Scripts that opened a dialog instead held the link back, as they do with a form they send themselves.
    if (event.defaultPrevented || wantsNewTab(event)) {
      return;
    }
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    this.staying = link !== null && link.origin === window.location.origin && !link.target && !isHere(link);
  };

  private readonly sent = (event: Event): void => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) {
      return;
    }
    this.staying = !form.hasAttribute("data-ends-session");
    if (!this.staying) {
      event.preventDefault();
      // Safari before 17 knows no Clear-Site-Data; pictures that wait would stay for the next person.
      this.dispatch("forgetting");
      void new Store().clear().then(() => form.submit());
    }
  };
}

function isHere(link: HTMLAnchorElement): boolean {
  return link.hash !== "" && link.href.split("#")[0] === window.location.href.split("#")[0];
}
