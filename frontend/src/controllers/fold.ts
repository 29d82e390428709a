import { Controller } from "@hotwired/stimulus";

/** A details element that is open at the first visit and afterwards as the reader left it, on this device. */
export default class extends Controller<HTMLDetailsElement> {
  static override values = { key: String };

  declare readonly keyValue: string;

  override connect(): void {
    const kept = this.kept();
    if (kept !== null) {
      this.element.open = kept === "open";
    }
    this.keep("closed");
  }

  toggled(): void {
    this.keep(this.element.open ? "open" : "closed");
  }

  private kept(): string | null {
    try {
      return window.localStorage.getItem(`fold:${this.keyValue}`);
    } catch {
      return null;
    }
  }

  private keep(state: string): void {
    try {
      window.localStorage.setItem(`fold:${this.keyValue}`, state);
    } catch {
      // Storage switched off: the fold simply starts open each time.
    }
  }
}
