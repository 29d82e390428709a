import { Controller } from "@hotwired/stimulus";

import { fill } from "../lib/words";

/** A form that can't be sent while pictures are on their way: what is submitted is what the server has. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["button", "why", "words"];

  declare readonly buttonTarget: HTMLButtonElement;
  declare readonly whyTarget: HTMLElement;
  declare readonly wordsTarget: HTMLElement;

  override connect(): void {
    // Until the queue has said what is left from earlier pages.
    this.buttonTarget.disabled = true;
  }

  changed({ detail: { count } }: CustomEvent<{ count: number }>): void {
    this.buttonTarget.disabled = count > 0;
    this.whyTarget.hidden = count === 0;
    this.wordsTarget.textContent = fill(this.wordsTarget.dataset["words"] ?? "", { count });
  }
}
