import { Controller } from "@hotwired/stimulus";

import { afterClose, dialogsWork, openModal } from "../lib/modal";

/** Asks once before a form is sent. The question, its title and both buttons come from data attributes. */
export default class extends Controller<HTMLFormElement> {
  static override values = { title: String, text: String, yes: String, no: String };

  declare readonly titleValue: string;
  declare readonly textValue: string;
  declare readonly yesValue: string;
  declare readonly noValue: string;

  private agreed = false;

  ask(event: SubmitEvent): void {
    if (this.agreed) {
      this.agreed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    if (!dialogsWork()) {
      if (window.confirm(`${this.titleValue}\n${this.textValue}`)) {
        this.go(submitter);
      }
      return;
    }
    this.open(submitter);
  }

  private open(submitter: HTMLElement | null): void {
    const dialog = document.createElement("dialog");
    dialog.className = "sheet sheet--question";
    dialog.setAttribute("aria-labelledby", "question-title");
    const title = document.createElement("h2");
    title.id = "question-title";
    title.className = "sheet__title";
    title.textContent = this.titleValue;
    const text = document.createElement("p");
    text.textContent = this.textValue;
    const buttons = document.createElement("div");
    buttons.className = "buttons buttons--end";
    const no = this.button(this.noValue, "btn btn-secondary", () => dialog.close("no"));
    const yes = this.button(this.yesValue, "btn btn-primary", () => dialog.close("yes"));
    buttons.append(no, yes);
    dialog.append(title, ...(this.textValue ? [text] : []), buttons);
    dialog.addEventListener("close", () => {
      dialog.remove();
      afterClose(submitter);
      if (dialog.returnValue === "yes") {
        this.go(submitter);
      }
    });
    document.body.append(dialog);
    openModal(dialog);
    no.focus();
  }

  private button(words: string, looks: string, act: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = looks;
    button.textContent = words;
    button.addEventListener("click", act);
    return button;
  }

  private go(submitter: HTMLElement | null): void {
    this.agreed = true;
    if (submitter) {
      submitter.click();
    } else if (typeof this.element.requestSubmit === "function") {
      this.element.requestSubmit();
    } else {
      this.element.submit();
    }
  }
}
