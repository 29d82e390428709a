import type { Chosen } from "./selection";

/** The chosen files as a row of small pictures, when there are several; a press turns to one. */
export class Strip {
  constructor(
    private readonly list: HTMLElement,
    private readonly label: (number: number, count: number) => string,
    private readonly turnTo: (at: number) => void,
  ) {}

  show(chosen: readonly Chosen[], at: number): void {
    this.list.hidden = chosen.length < 2;
    this.list.textContent = "";
    if (this.list.hidden) {
      return;
    }
    chosen.forEach((one, number) => {
      const place = document.createElement("li");
      place.append(this.button(one, number, chosen.length, number === at));
      this.list.append(place);
    });
  }

  focus(at: number): void {
    this.list.querySelectorAll("button")[at]?.focus();
  }

  private button(one: Chosen, number: number, count: number, isShown: boolean): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = one.problem ? "is-refused" : "";
    button.setAttribute("aria-label", this.label(number + 1, count));
    button.setAttribute("aria-pressed", String(isShown));
    button.addEventListener("click", () => this.turnTo(number));
    if (one.address) {
      const image = document.createElement("img");
      image.alt = "";
      image.src = one.address;
      button.append(image);
    } else {
      button.append(String(number + 1));
    }
    return button;
  }
}
