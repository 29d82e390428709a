import { Controller } from "@hotwired/stimulus";
import htmx from "htmx.org";

import { announce } from "../lib/live";
import { refusalOf } from "../lib/refusal";
import { readableSize } from "../lib/size";
import { fill } from "../lib/words";

/**
 * The upload form. Without scripts it is a plain form; with them it shows the chosen picture, refuses at once what the
 * server would refuse for its size or type, shows progress, and swaps the answered card into the page.
 * Limits and sentences come from data attributes that the server fills from its own rules.
 */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["input", "chosen", "preview", "name", "size", "message", "submit", "progress", "drop", "label"];
  static override values = { limit: Number, types: String, replaces: String, back: String };

  declare readonly inputTarget: HTMLInputElement;
  declare readonly chosenTarget: HTMLElement;
  declare readonly previewTarget: HTMLImageElement;
  declare readonly nameTarget: HTMLElement;
  declare readonly sizeTarget: HTMLElement;
  declare readonly messageTarget: HTMLElement;
  declare readonly submitTarget: HTMLButtonElement;
  declare readonly progressTarget: HTMLProgressElement;
  declare readonly dropTarget: HTMLElement;
  declare readonly labelTarget: HTMLElement;
  declare readonly limitValue: number;
  declare readonly typesValue: string;
  declare readonly replacesValue: string;
  declare readonly backValue: string;

  private previewAddress = "";
  private request: XMLHttpRequest | null = null;

  override connect(): void {
    this.inputTarget.disabled = false;
    // A picture chosen before the script arrived, or kept by the browser on going back.
    this.choose();
  }

  override disconnect(): void {
    this.request?.abort();
    this.forgetPreview();
  }

  choose(): void {
    const file = this.inputTarget.files?.[0];
    this.forgetPreview();
    this.chosenTarget.hidden = !file;
    this.submitTarget.disabled = !file;
    if (!file) {
      return;
    }
    this.labelTarget.textContent = this.labelTarget.dataset["again"] ?? "";
    this.nameTarget.textContent = file.name;
    this.sizeTarget.textContent = readableSize(file.size);
    const refusal = this.refusal(file);
    this.sizeTarget.classList.toggle("is-refused", file.size > this.limitValue);
    this.say(refusal);
    this.submitTarget.disabled = refusal !== "";
    this.frame(false);
    this.previewAddress = URL.createObjectURL(file);
    this.previewTarget.src = this.previewAddress;
  }

  /** The browser can't show it: the server has the last word, so sending stays possible. */
  unreadable(): void {
    this.frame(true);
    if (this.previewAddress && this.messageTarget.hidden) {
      this.say(this.word("unreadable"), true);
    }
  }

  over(event: DragEvent): void {
    event.preventDefault();
    this.dropTarget.classList.add("is-over");
  }

  leave(): void {
    this.dropTarget.classList.remove("is-over");
  }

  drop(event: DragEvent): void {
    event.preventDefault();
    this.leave();
    const files = event.dataTransfer?.files;
    if (files && files.length > 0 && !this.inputTarget.disabled) {
      this.inputTarget.files = files;
      this.choose();
    }
  }

  send(event: SubmitEvent): void {
    event.preventDefault();
    if (this.request) {
      return;
    }
    if (!this.inputTarget.files?.length) {
      this.say(this.word("none"));
      this.inputTarget.focus();
      return;
    }
    const request = new XMLHttpRequest();
    this.request = request;
    this.busy(true);
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) {
        this.progressTarget.value = step.loaded / step.total;
      }
    });
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.failed(this.word("unreachable")));
    request.addEventListener("timeout", () => this.failed(this.word("unreachable")));
    request.open("POST", this.element.action);
    request.timeout = 120_000;
    request.setRequestHeader("HX-Request", "true");
    request.send(new FormData(this.element));
  }

  private answered(request: XMLHttpRequest): void {
    if (request.status < 200 || request.status >= 300) {
      this.failed(refusalOf(request));
      return;
    }
    const place = this.replacesValue ? document.querySelector(this.replacesValue) : null;
    if (!place) {
      window.location.assign(this.backValue || request.responseURL);
      return;
    }
    this.request = null;
    htmx.swap(place, request.responseText, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
    announce(this.word("done"));
    this.dispatch("done", { detail: { focus: `${this.replacesValue} [data-card-focus]` } });
  }

  private failed(sentence: string): void {
    this.request = null;
    this.busy(false);
    this.say(sentence || this.word("refused"));
  }

  private refusal(file: File): string {
    if (file.size === 0) {
      return this.word("empty");
    }
    const types = this.typesValue.split(" ");
    if (file.type && types.indexOf(file.type) < 0) {
      return fill(this.word("type"), { found: file.type.replace(/^image\//, ""), name: file.name });
    }
    if (file.size > this.limitValue) {
      return fill(this.word("large"), { size: readableSize(file.size), limit: readableSize(this.limitValue) });
    }
    return "";
  }

  private frame(hidden: boolean): void {
    const frame = this.previewTarget.parentElement;
    if (frame) {
      frame.hidden = hidden;
    }
  }

  private busy(on: boolean): void {
    this.element.setAttribute("aria-busy", String(on));
    this.submitTarget.disabled = on;
    this.progressTarget.hidden = !on;
    this.progressTarget.value = 0;
    if (on) {
      this.say("");
      announce(this.word("sending"));
    }
  }

  private say(sentence: string, note = false): void {
    this.messageTarget.classList.toggle("is-note", note);
    this.messageTarget.textContent = sentence;
    this.messageTarget.hidden = sentence === "";
  }

  private word(name: string): string {
    return this.element.getAttribute(`data-${name}`) ?? "";
  }

  private forgetPreview(): void {
    if (this.previewAddress) {
      URL.revokeObjectURL(this.previewAddress);
      this.previewAddress = "";
      this.previewTarget.removeAttribute("src");
    }
  }
}
