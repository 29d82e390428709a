import { Controller } from "@hotwired/stimulus";

import { announce } from "../lib/live";
import { arrived, NotLoaded } from "../lib/part";
import { readableSize } from "../lib/size";
import { fill } from "../lib/words";
import type { Cut } from "../upload/crop";
import type { Look } from "../upload/look";
import { NoPicture, type Limits, type Region } from "../upload/prepare/types";
import { hasQueue, sendPlainly } from "../upload/plain";
import type { NewPicture } from "../upload/queue/queue";
import { Selection, type Chosen } from "../upload/selection";
import { Strip } from "../upload/strip";
import { waysOf } from "../upload/ways";

/**
 * The upload form. Without scripts it is a plain form; with them chosen photographs are turned upright and shrunk here,
 * looked at, turned and cut if wanted, and handed to the page's queue, or sent by the form where the page has none.
 * Limits and sentences come from data attributes that the server fills from its own rules.
 */
export default class extends Controller<HTMLFormElement> {
  static override targets = [
    ..."input drop chosen strip frame working preview lens lookButton compare before after beforeFacts afterFacts".split(" "),
    ..."tools cutting cutDone sizeBefore arrow sizeAfter fits note advice message submit".split(" "),
  ];
  static override values = {
    size: Number,
    prepared: Number,
    floor: Number,
    grey: Boolean,
    sideMin: Number,
    sideMax: Number,
    places: Array,
    card: String,
    name: String,
  };

  declare readonly inputTarget: HTMLInputElement;
  declare readonly dropTarget: HTMLElement;
  declare readonly chosenTarget: HTMLElement;
  declare readonly stripTarget: HTMLElement;
  declare readonly frameTarget: HTMLElement;
  declare readonly workingTarget: HTMLElement;
  declare readonly previewTarget: HTMLImageElement;
  declare readonly lensTarget: HTMLButtonElement;
  declare readonly lookButtonTarget: HTMLButtonElement;
  declare readonly compareTarget: HTMLElement;
  declare readonly beforeTarget: HTMLCanvasElement;
  declare readonly afterTarget: HTMLCanvasElement;
  declare readonly beforeFactsTarget: HTMLElement;
  declare readonly afterFactsTarget: HTMLElement;
  declare readonly toolsTarget: HTMLElement;
  declare readonly cuttingTarget: HTMLElement;
  declare readonly cutDoneTarget: HTMLButtonElement;
  declare readonly sizeBeforeTarget: HTMLElement;
  declare readonly arrowTarget: HTMLElement;
  declare readonly sizeAfterTarget: HTMLElement;
  declare readonly fitsTarget: HTMLElement;
  declare readonly noteTarget: HTMLElement;
  declare readonly adviceTarget: HTMLElement;
  declare readonly messageTarget: HTMLElement;
  declare readonly submitTarget: HTMLButtonElement;
  declare readonly sizeValue: number;
  declare readonly preparedValue: number;
  declare readonly floorValue: number;
  declare readonly greyValue: boolean;
  declare readonly sideMinValue: number;
  declare readonly sideMaxValue: number;
  declare readonly placesValue: number[];
  declare readonly cardValue: string;
  declare readonly nameValue: string;

  private selection!: Selection;
  private strip!: Strip;
  private looking: Look | null = null;
  private cutter: Cut | null = null;

  override connect(): void {
    // A dropped picture isn't in the field, so the browser would call the form empty; `send` has its own sentence.
    this.element.noValidate = true;
    this.inputTarget.accept = "image/*";
    this.inputTarget.multiple = this.free > 1;
    this.inputTarget.disabled = false;
    this.submitTarget.disabled = true;
    this.selection = new Selection(this);
    this.strip = new Strip(
      this.stripTarget,
      (number, count) => this.word("of", { number, count }),
      (at) => this.turnTo(at),
    );
    // A picture chosen before the script arrived, or kept by the browser on going back.
    this.choose();
  }

  override disconnect(): void {
    this.forget();
    this.selection.close();
  }

  // --- choosing ------------------------------------------------------------------------------------------------
  choose(): void {
    const files = Array.from(this.inputTarget.files ?? []);
    if (files.length > 0) {
      this.take(files);
    }
  }

  choseAgain(): void {
    this.inputTarget.click();
  }

  /** The same file chosen once more is to be tried once more; browsers call that no change. */
  asked(): void {
    this.inputTarget.value = "";
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
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length > 0 && !this.inputTarget.disabled) {
      this.take(files);
    }
  }

  /** How many more pictures the kind takes, those on their way counted; a form that goes by itself carries one. */
  private get free(): number {
    return hasQueue() ? Math.max(1, this.placesValue.length - this.underWay) : 1;
  }

  private get underWay(): number {
    return document.querySelectorAll(`[data-sending="${this.cardValue}"]`).length;
  }

  private take(files: File[]): void {
    this.forget();
    const free = this.free;
    this.say(files.length > free ? this.word("many", { chosen: files.length, free }) : "");
    this.chosenTarget.hidden = false;
    this.selection.take(files.slice(0, free));
    this.show();
    this.frameTarget.scrollIntoView({ block: "start" });
    announce(this.word("preparing"));
  }

  private forget(): void {
    this.stopLooking();
    this.stopCutting();
    this.selection.forget();
  }

  // --- what the selection asks and tells -----------------------------------------------------------------------
  get limits(): Limits {
    return {
      accepted: this.sizeValue,
      aim: this.preparedValue,
      floor: this.floorValue,
      grey: this.greyValue,
      sideMin: this.sideMinValue,
      sideMax: this.sideMaxValue,
    };
  }

  sentenceOf(error: unknown, file: File): string {
    if (error instanceof NotLoaded) {
      return this.word("unloaded");
    }
    const { problem, figures } = error instanceof NoPicture ? error : new NoPicture("failed");
    const known = { bytes: file.size, size: readableSize(file.size), maximum: this.sideMaxValue, ...figures };
    if (problem === "type") {
      return this.word(figures["found"] ? "type" : "unknown", known);
    }
    return this.word(problem, { format: file.type.replace("image/", "").toUpperCase(), ...known });
  }

  changed(one: Chosen): void {
    this.show();
    if (one === this.selection.current && one.prepared) {
      const { file, prepared } = one;
      const ready = this.word("ready", { before: readableSize(file.size), after: readableSize(prepared.picture.size) });
      announce(`${ready} ${this.adviceTarget.textContent ?? ""}`.trim());
    }
  }

  broke(error: unknown): void {
    this.say(this.word(error instanceof NotLoaded ? "unloaded" : "failed"));
  }

  // --- showing -------------------------------------------------------------------------------------------------
  private show(): void {
    const one = this.selection.current;
    if (!one) {
      return;
    }
    const { prepared } = one;
    this.stopLooking();
    this.strip.show(this.selection.chosen, this.selection.at);
    // Where nothing came of it, another one is to be chosen.
    this.element.classList.toggle("has-picture", one.problem === "");
    this.inputTarget.tabIndex = one.problem === "" ? -1 : 0;
    this.workingTarget.hidden = prepared !== null || one.problem !== "";
    this.frameTarget.classList.toggle("is-working", prepared === null);
    this.frameTarget.hidden = one.problem !== "";
    this.toolsTarget.hidden = one.problem !== "";
    this.lookButtonTarget.hidden = prepared === null;
    if (one.address) {
      this.previewTarget.src = one.address;
    }
    this.showSizes(one);
    this.say(one.problem || (this.messageTarget.hidden ? "" : (this.messageTarget.textContent ?? "")));
    this.showSubmit();
  }

  private showSizes({ file, prepared }: Chosen): void {
    const shrunk = prepared && !prepared.kept ? prepared : null;
    this.sizeBeforeTarget.textContent = readableSize(file.size);
    this.arrowTarget.hidden = shrunk === null;
    this.sizeAfterTarget.textContent = shrunk ? readableSize(shrunk.picture.size) : "";
    this.fitsTarget.hidden = !prepared;
    this.noteTarget.textContent = prepared ? this.word(prepared.kept ? "kept" : this.greyValue ? "grey" : "legible") : "";
    const doubtful = prepared && prepared.verdict !== "legible";
    this.adviceTarget.textContent = doubtful ? this.word(prepared.verdict, { width: prepared.width, height: prepared.height }) : "";
    this.adviceTarget.hidden = !doubtful;
  }

  private showSubmit(): void {
    const ready = this.selection.chosen.filter(({ prepared }) => prepared !== null).length;
    const working = this.selection.chosen.some(({ prepared, problem }) => prepared === null && problem === "");
    this.submitTarget.disabled = ready === 0 || working || this.cutter !== null;
    this.submitTarget.textContent = this.word(ready > 1 ? "several" : "one", { count: ready });
  }

  private turnTo(at: number): void {
    this.selection.at = at;
    this.stopCutting();
    this.say("");
    this.show();
    this.strip.focus(at);
  }

  // --- turning, cutting, looking -------------------------------------------------------------------------------
  turnLeft(): void {
    this.turn(270);
  }

  turnRight(): void {
    this.turn(90);
  }

  private turn(by: number): void {
    const one = this.selection.current;
    if (one) {
      this.selection.turn(one, by);
      this.show();
    }
  }

  cut(): void {
    this.selection.thenWithCurrent(async (one, isStill) => {
      const { Cut } = await arrived(import("../upload/crop"));
      const preparer = await this.selection.opened(one);
      const overview = await preparer.overview(one.turn, 1200);
      if (!isStill() || this.cutter) {
        return;
      }
      this.say("");
      this.stopLooking();
      const cutter = new Cut(this.frameTarget, overview, one.crop, { ...this.cuttingTarget.dataset } as Record<string, string>);
      this.cutter = cutter;
      this.toolsTarget.hidden = true;
      this.cuttingTarget.hidden = false;
      this.lookButtonTarget.hidden = true;
      this.showSubmit();
      await cutter.ready;
      cutter.focus();
      announce(this.cuttingTarget.querySelector("p")?.textContent ?? "");
      this.frameTarget.scrollIntoView({ block: "start" });
    });
  }

  cutDone(): void {
    this.cutTo(this.cutter?.region() ?? null);
  }

  cutAll(): void {
    this.cutTo(null);
  }

  private cutTo(region: Region | null): void {
    const one = this.selection.current;
    this.stopCutting();
    if (one) {
      this.selection.cut(one, region);
      this.show();
      this.toolsTarget.querySelectorAll("button")[2]?.focus();
    }
  }

  private stopCutting(): void {
    this.cutter?.close();
    this.cutter = null;
    this.cuttingTarget.hidden = true;
    this.toolsTarget.hidden = false;
  }

  look(): void {
    if (this.looking) {
      this.stopLooking();
      return;
    }
    this.selection.thenWithCurrent(async (one, isStill) => {
      const { Look } = await arrived(import("../upload/look"));
      const preparer = await this.selection.opened(one);
      const { prepared, turn, crop } = one;
      if (!prepared || !isStill() || this.looking) {
        return;
      }
      this.say("");
      const source = `${one.sides.width}×${one.sides.height} · ${readableSize(one.file.size)}`;
      this.beforeFactsTarget.textContent = source;
      this.afterFactsTarget.textContent = `${prepared.width}×${prepared.height} · ${readableSize(prepared.picture.size)}`;
      this.compareTarget.hidden = false;
      this.lookButtonTarget.setAttribute("aria-expanded", "true");
      this.looking = new Look(
        { image: this.previewTarget, lens: this.lensTarget, before: this.beforeTarget, after: this.afterTarget },
        (region, width, height) => preparer.detail({ turn, crop }, region, width, height),
      );
      this.lensTarget.focus({ preventScroll: true });
      this.frameTarget.scrollIntoView({ block: "start" });
    });
  }

  private stopLooking(): void {
    this.looking?.close();
    this.looking = null;
    this.compareTarget.hidden = true;
    this.lookButtonTarget.setAttribute("aria-expanded", "false");
  }

  // --- sending -------------------------------------------------------------------------------------------------
  send(event: SubmitEvent): void {
    event.preventDefault();
    const pictures = this.selection.chosen.flatMap(({ prepared }) => (prepared ? [prepared.picture] : []));
    if (pictures.length === 0) {
      this.say(this.word("none"));
      this.inputTarget.focus();
      return;
    }
    this.submitTarget.disabled = true;
    const [only] = pictures;
    if (only && !hasQueue()) {
      this.submitTarget.textContent = this.word("going");
      sendPlainly(this.element, this.inputTarget, only);
      return;
    }
    this.handOver(pictures);
    this.dispatch("done", { detail: { focus: `#${this.cardValue} [data-card-focus]` } });
    this.forget();
    this.chosenTarget.hidden = true;
  }

  private handOver(pictures: Blob[]): void {
    const ways = waysOf(this.element.action, this.placesValue, pictures.length);
    pictures.forEach((picture, number) => {
      const label = pictures.length > 1 ? `${this.nameValue} ${number + 1}/${pictures.length}` : this.nameValue;
      const detail: NewPicture = { picture, actions: ways[number] ?? [], card: this.cardValue, label };
      this.dispatch("add", { detail });
    });
  }

  private say(sentence: string): void {
    this.messageTarget.textContent = sentence;
    this.messageTarget.hidden = sentence === "";
  }

  private word(name: string, values: Record<string, string | number> = {}): string {
    return fill(this.element.getAttribute(`data-${name}`) ?? "", values);
  }
}
