import { Controller } from "@hotwired/stimulus";

/** Switches 长辈版 without a page load; the form behind it does the same by a plain POST. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["button", "mode"];
  static override values = { on: String, off: String };

  declare readonly buttonTarget: HTMLButtonElement;
  declare readonly modeTarget: HTMLInputElement;
  declare readonly onValue: string;
  declare readonly offValue: string;

  async toggle(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const large = this.modeTarget.value === "elder";
    const body = new FormData(this.element);
    document.documentElement.classList.toggle("elder", large);
    this.modeTarget.value = large ? "standard" : "elder";
    this.buttonTarget.textContent = large ? this.offValue : this.onValue;
    try {
      await fetch(this.element.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
    } catch {
      // The choice holds for this page; the next one asks the server again.
    }
  }
}
