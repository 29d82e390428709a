import { Controller } from "@hotwired/stimulus";

/** A button that prints the page; it stays hidden where scripts don't run. */
export default class extends Controller<HTMLButtonElement> {
  override connect(): void {
    this.element.hidden = false;
  }

  now(): void {
    window.print();
  }
}
