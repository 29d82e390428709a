import { Controller } from "@hotwired/stimulus";

import { ask, sentence } from "../lib/asking";
import { showFound } from "../lib/boxes";
import { announce, showTrouble } from "../lib/live";
import { wantsNewTab } from "../lib/modal";
import { forget, keep } from "../lib/pictures";
import { inLine } from "../lib/work_line";
import { fieldsOf, givenBy, sendMark } from "../workbench/marks";
import { replacePart } from "../workbench/parts";
import { markAt, panelsAt, placeOfPanel, putMark, samePlace, type Where, whereOf } from "../workbench/places";
import { compareOnStage, showOnStage, type Stage } from "../workbench/stage";
import { type Step, Undoing } from "../workbench/undoing";
import { holdsWriting, openWords, settled, spotIn, writeAgain, writtenIn } from "../workbench/writing";

const STATES = ["accepted", "replace", "unmarked", "passed-site"];

/**
 * The three panes as one: a key shows the next picture from what is already in the page, a mark is painted at once and
 * sent behind it. The server's answer brings the changed parts; what is shown stays the reviewer's choice.
 */
export default class extends Controller<HTMLElement> {
  static override targets = [
    "place", "panel", "stage", "now", "none", "before", "compare", "found", "undo", "previous", "next", "counter", "token", "panels",
  ];
  static override values = { markUrl: String, clearUrl: String, pageUrl: String, nextWords: String };

  declare readonly placeTargets: HTMLAnchorElement[];
  declare readonly panelTargets: HTMLElement[];
  declare readonly stageTarget: HTMLElement;
  declare readonly nowTarget: HTMLElement;
  declare readonly noneTarget: HTMLElement;
  declare readonly beforeTarget: HTMLElement;
  declare readonly compareTarget: HTMLElement;
  declare readonly foundTarget: HTMLElement;
  declare readonly undoTarget: HTMLElement;
  declare readonly hasUndoTarget: boolean;
  declare readonly previousTarget: HTMLElement;
  declare readonly nextTarget: HTMLElement;
  declare readonly counterTarget: HTMLElement;
  declare readonly tokenTarget: HTMLFormElement;
  declare readonly panelsTarget: HTMLElement;
  declare readonly markUrlValue: string;
  declare readonly clearUrlValue: string;
  declare readonly pageUrlValue: string;
  declare readonly nextWordsValue: string;

  private current = "";
  private readonly undoing = new Undoing();

  override connect(): void {
    const panel = this.panelTargets.find((one) => !one.hidden);
    this.current = panel?.dataset["place"] ?? "";
    this.sync();
    void keep(this.addresses());
  }

  override disconnect(): void {
    forget(this.addresses());
  }

  // --- going about ---------------------------------------------------------------------------------------------------
  go(event: MouseEvent): void {
    const place = event.currentTarget as HTMLElement;
    if (!wantsNewTab(event) && this.panelOf(place.dataset["place"] ?? "")) {
      event.preventDefault();
      this.show(place.dataset["place"] ?? "");
    }
  }

  previous(event: Event): void {
    event.preventDefault();
    this.step(-1);
  }

  next(event: Event): void {
    event.preventDefault();
    this.step(1);
  }

  /** X: ask for a replacement in one's own words. */
  write(event: Event): void {
    event.preventDefault();
    openWords(this.asking(), true);
  }

  /** Opens a fold and goes into it; a second press closes it. */
  unfold(event: Event): void {
    const fold = (event.currentTarget as HTMLElement).closest("details");
    if (fold && !fold.open) {
      event.preventDefault();
      fold.open = true;
      fold.querySelector<HTMLElement>("textarea, a")?.focus();
    }
  }

  compare(): void {
    compareOnStage(this.stage(), this.beforeTarget.hidden !== false);
  }

  /** I: what the machine recognised, on the picture or away. */
  toggleFound(): void {
    const shows = this.foundTarget.getAttribute("aria-pressed") !== "true";
    this.foundTarget.setAttribute("aria-pressed", String(shows));
    this.nowTarget.classList.toggle("is-plain", !shows);
  }

  edited(event: Event): void {
    writtenIn((event.target as HTMLElement).closest("form"));
  }

  /** A spot was drawn: it belongs to the picture that is shown. */
  drawn(): void {
    writtenIn(this.asking());
    openWords(this.asking(), false);
  }

  private step(by: number): void {
    const at = this.placeTargets.findIndex((place) => place.dataset["place"] === this.current);
    const other = this.placeTargets[at + by];
    if (other) {
      this.show(other.dataset["place"] ?? "");
    }
  }

  private show(key: string): void {
    if (!this.panelOf(key)) {
      return;
    }
    this.current = key;
    compareOnStage(this.stage(), false);
    this.sync();
    const place = this.placeOf(key);
    place?.scrollIntoView({ block: "nearest" });
    if (place) {
      window.history.replaceState(window.history.state, "", place.href);
      announce(place.dataset["alt"] || (place.textContent ?? "").trim());
    }
  }

  /** Brings everything in line with the place that is shown; also after parts were swapped or a spot was given up. */
  sync(): void {
    const place = this.placeOf(this.current);
    this.panelTargets.forEach((panel) => {
      panel.hidden = panel.dataset["place"] !== this.current;
    });
    this.placeTargets.forEach((one) => {
      if (one === place) {
        one.setAttribute("aria-current", "true");
      } else {
        one.removeAttribute("aria-current");
      }
    });
    this.element.querySelectorAll(".kind").forEach((kind) => {
      kind.classList.toggle("kind--current", place !== undefined && kind.contains(place));
    });
    this.previousTarget.hidden = this.nextTarget.hidden = this.placeTargets.length < 2;
    const spot = spotIn(this.panel()) ?? place?.dataset["spot"] ?? "";
    showOnStage(this.stage(), place, this.placeTargets.filter((one) => one.dataset["full"]), spot);
    this.foundTarget.hidden = !showFound(this.nowTarget, this.panel()?.dataset["found"] ?? "");
    if (this.hasUndoTarget) {
      this.undoTarget.hidden = this.undoing.empty;
    }
    this.dispatch("shown", { target: this.stageTarget });
  }

  // --- marks ---------------------------------------------------------------------------------------------------------
  mark(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const button = event.submitter as HTMLButtonElement | null;
    if (button?.name) {
      data.append(button.name, button.value);
    }
    const verdict = String(data.get("verdict"));
    if (verdict !== "accepted" && !data.get("reason_code") && !String(data.get("text") ?? "").trim()) {
      this.write(event);
      return;
    }
    const where = whereOf(data);
    const step = this.give([where], givenBy(data));
    this.send(this.markUrlValue, data, step);
    const panel = this.panel();
    if (panel && samePlace(where, placeOfPanel(panel))) {
      this.goOn(verdict);
    } else {
      this.sync(); // Of its kind more is asked for, but the picture that is shown still waits.
    }
  }

  acceptRest(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const left = this.placeTargets.filter((place) => waits(place)).map((place) => this.panelOf(place.dataset["place"] ?? ""));
    const step = this.give(left.filter(present).map(placeOfPanel), JSON.stringify({ verdict: "accepted" }));
    this.send(form.action, new FormData(form), step);
    this.sync();
    announce(this.nextWordsValue);
  }

  clear(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    this.send(this.clearUrlValue, data, this.give([whereOf(data)], ""));
    this.sync();
  }

  /** Takes the newest mark back: what stood there before stands there again. */
  undo(): void {
    const newest = this.undoing.takeBack();
    if (!newest) {
      return;
    }
    newest.forEach((mark) => {
      const data = new FormData(this.tokenTarget);
      const before = fieldsOf(mark.given);
      data.append("revision", this.revision());
      data.append("kind", mark.kind);
      data.append("position", mark.position);
      Object.keys(before).forEach((name) => data.append(name, String(before[name])));
      this.stands(mark, mark.given);
      this.send(mark.given ? this.markUrlValue : this.clearUrlValue, data);
    });
    this.show(this.panelFor(newest[0])?.dataset["place"] ?? this.current);
  }

  /** Loaded ahead, it isn't any more what it was then: the answer to its opening says how it is. */
  changed({ detail }: CustomEvent<{ parts: string }>): void {
    this.swap(detail.parts);
  }

  /** Asks how things really are, after something was refused. */
  async truth(): Promise<void> {
    try {
      const place = this.placeOf(this.current);
      this.swap(await inLine(() => ask(place?.href ?? this.pageUrlValue, null)));
    } catch (error) {
      showTrouble(sentence(error));
    }
    if (!this.asking()) {
      this.undoing.forget(); // It is in other hands now.
    }
  }

  /** Places get a mark, or lose it with an empty `given`: painted at once, and kept for an undo. */
  private give(places: Where[], given: string): Step {
    const step = places.map((where) => ({ ...where, given: markAt(this.panelTargets, where) }));
    places.forEach((where) => {
      panelsAt(this.panelTargets, where).forEach((panel) => settled(panel, where));
      this.stands(where, given);
    });
    return this.undoing.remember(step);
  }

  private send(address: string, data: FormData, step: Step = []): void {
    sendMark(address, data, (parts) => this.swap(parts)).catch((error: unknown) => this.refused(sentence(error), data, step));
  }

  /** The mark doesn't stand: its place is shown again as it was written, and nothing that rests on it goes out. */
  private async refused(said: string, data: FormData, step: Step): Promise<void> {
    this.dispatch("refused");
    this.undoing.strike(step);
    step.forEach((mark) => this.stands(mark, mark.given));
    await this.truth();
    const panel = this.panelFor(whereOf(data));
    const form = panel ? writeAgain(panel, data, said) : null;
    const typing = document.activeElement?.closest("textarea, input, select, dialog[open]");
    if (!panel || !form || (typing && !panel.contains(typing))) {
      showTrouble(said);
      this.sync();
      return;
    }
    this.show(panel.dataset["place"] ?? "");
    openWords(form, true);
    announce(said);
  }

  private swap(parts: string): void {
    const fresh = document.createElement("template");
    fresh.innerHTML = parts;
    Array.from(fresh.content.children).forEach((part) => {
      const place = document.getElementById(part.id);
      if (!place) {
        this.panelsTarget.append(part); // Only a place can be new.
      } else if (!holdsWriting(place)) {
        replacePart(place, part);
      }
    });
    this.sync();
  }

  /** The next place that waits, from here on and then from the start; after the last one the reader stays. */
  private goOn(verdict: string): void {
    const at = this.placeTargets.findIndex((place) => place.dataset["place"] === this.current);
    const order = [...this.placeTargets.slice(at + 1), ...this.placeTargets.slice(0, Math.max(at, 0))];
    const next = order.find((place) => waits(place));
    if (next) {
      this.show(next.dataset["place"] ?? "");
    } else {
      this.sync();
      announce(verdict ? this.nextWordsValue : "");
    }
  }

  /**
   * What a place is marked with from now on; the server's answer may still be on its way. Only pictures show it in the
   * left pane by themselves, what a kind says there comes with the answer.
   */
  private stands(where: Where, given: string): void {
    const verdict = fieldsOf(given)["verdict"] ?? "unmarked";
    putMark(this.panelTargets, where, given);
    panelsAt(this.panelTargets, where).filter(() => where.position).forEach((panel) => {
      const place = this.placeOf(panel.dataset["place"] ?? "");
      STATES.forEach((state) => place?.classList.toggle(`kind__picture--${state}`, state === verdict));
      panel.querySelector(".btn-accept")?.setAttribute("aria-pressed", String(verdict === "accepted"));
    });
  }

  private stage(): Stage {
    return {
      frame: this.stageTarget, now: this.nowTarget, none: this.noneTarget, before: this.beforeTarget,
      compare: this.compareTarget, counter: this.counterTarget,
    };
  }

  private revision(): string {
    return this.element.querySelector<HTMLInputElement>('[name="revision"]')?.value ?? "";
  }

  private panel(): HTMLElement | undefined {
    return this.panelOf(this.current);
  }

  /** The form of the shown place's own mark; none for who may not mark. */
  private asking(): HTMLElement | null {
    return this.panel()?.querySelector<HTMLElement>(".asking") ?? null;
  }

  /** The panel that shows a place's mark: the one that is shown, if it does. */
  private panelFor(where: Where | undefined): HTMLElement | undefined {
    const panels = where ? panelsAt(this.panelTargets, where) : [];
    return panels.find((panel) => panel === this.panel()) ?? panels[0];
  }

  private panelOf(key: string): HTMLElement | undefined {
    return this.panelTargets.find((panel) => panel.dataset["place"] === key);
  }

  private placeOf(key: string): HTMLAnchorElement | undefined {
    return this.placeTargets.find((place) => place.dataset["place"] === key);
  }

  private addresses(): string[] {
    const at = this.placeTargets.findIndex((place) => place.dataset["place"] === this.current);
    const order = [...this.placeTargets.slice(Math.max(at, 0)), ...this.placeTargets.slice(0, Math.max(at, 0))];
    const full = order.map((place) => place.dataset["full"] ?? "");
    return [...full, ...order.map((place) => place.dataset["before"] ?? "")].filter(Boolean);
  }
}

function waits(place: HTMLElement): boolean {
  return place.classList.contains("kind__picture--unmarked") || place.classList.contains("kind__picture--passed-site");
}

function present(panel: HTMLElement | undefined): panel is HTMLElement {
  return panel !== undefined;
}
