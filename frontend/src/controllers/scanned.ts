import { Controller } from "@hotwired/stimulus";

const SECRET = /^#([\w-]{20,80})$/;

/**
 * The phone's first page: takes the secret a scanned address carries behind its #, which no server ever sees, into
 * the form, and out of the address, so that it stays in no history. Without one the eight digits are typed. A form that
 * was sent before this ran comes back, asking for them, with its address as it was.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["secret", "typed"];

  declare readonly secretTarget: HTMLInputElement;
  /** What asks for the eight digits. */
  declare readonly typedTargets: HTMLElement[];

  private readonly take = (): void => {
    const secret = SECRET.exec(window.location.hash)?.[1];
    if (!secret) {
      return;
    }
    this.secretTarget.value = secret;
    this.typedTargets.forEach((part) => (part.hidden = true));
    window.history.replaceState(null, "", window.location.pathname);
  };

  override connect(): void {
    this.take();
    // A second code scanned into the same page changes nothing but the part behind the #.
    window.addEventListener("hashchange", this.take);
  }

  override disconnect(): void {
    window.removeEventListener("hashchange", this.take);
  }
}
