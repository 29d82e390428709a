import { Controller } from "@hotwired/stimulus";

/** The sentence at the foot of the page after a failed request; stays until it is closed. */
export default class extends Controller<HTMLElement> {
  close(): void {
    this.element.hidden = true;
  }
}
