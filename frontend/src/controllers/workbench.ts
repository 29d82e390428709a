import { Controller } from "@hotwired/stimulus";

import { ask, sentence } from "../lib/asking";
import { showFound } from "../lib/boxes";
import { announce, showTrouble } from "../lib/live";
import { wantsNewTab } from "../lib/modal";
import { forget, keep } from "../lib/pictures";
import { busy, idle, inLine } from "../lib/work_line";
import { fieldsOf, givenBy, type Marked, markedOn, MarksToSend } from "../workbench/marks";
import { compareOnStage, showOnStage, type Stage } from "../workbench/stage";

const STATES = ["accepted", "replace", "unmarked", "passed-site"];

/**
 * The three panes as one: a key shows the next picture from what is already in the page, a mark is painted at once and
 * sent behind it. The server's answer brings the changed parts; what is shown stays the reviewer's choice.
 */
export default class extends Controller<HTMLElement> {
  static override targets = [
    "place", "panel", "stage", "now", "none", "before", "compare", "found", "undo", "previous", "next", "counter", "token",
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
  declare readonly markUrlValue: string;
  declare readonly clearUrlValue: string;
  declare readonly pageUrlValue: string;
  declare readonly nextWordsValue: string;

  private current = "";
  private readonly marked: Marked[][] = [];
  private readonly toSend = new MarksToSend();
  private readonly leave = (): void => this.toSend.sendWithThePage();
  private readonly enter = (event: KeyboardEvent): void => this.holdBack(event);

  override connect(): void {
    const panel = this.panelTargets.find((one) => !one.hidden);
    this.current = panel?.dataset["place"] ?? "";
    document.addEventListener("keydown", this.enter, true);
    window.addEventListener("pagehide", this.leave);
    this.sync();
    void keep(this.addresses());
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.enter, true);
    window.removeEventListener("pagehide", this.leave);
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
    const more = this.panel()?.querySelector<HTMLDetailsElement>(".asking details");
    if (more) {
      more.open = true;
      more.querySelector("textarea")?.focus();
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

  /** Something was written that isn't sent yet: an answer to an earlier mark must not wipe it away. */
  edited(): void {
    this.panel()?.setAttribute("data-edited", "");
  }

  /** A spot was drawn: it belongs to the picture that is shown. */
  drawn(): void {
    this.edited();
    const more = this.panel()?.querySelector<HTMLDetailsElement>(".asking details");
    if (more) {
      more.open = true;
    }
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

  /** Brings everything in line with the place that is shown; also after parts were swapped. */
  private sync(): void {
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
    showOnStage(this.stage(), place, this.placeTargets.filter((one) => one.dataset["full"]));
    this.foundTarget.hidden = !showFound(this.nowTarget, this.panel()?.dataset["found"] ?? "");
    if (this.hasUndoTarget) {
      this.undoTarget.hidden = this.marked.length === 0;
    }
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
    this.remember([this.panel()]);
    this.panel()?.removeAttribute("data-edited");
    this.stands(this.current, givenBy(data));
    this.paint(this.current, verdict);
    this.send(this.markUrlValue, data);
    this.goOn(verdict);
  }

  acceptRest(event: SubmitEvent): void {
    event.preventDefault();
    const left = this.placeTargets.filter((place) => waits(place)).map((place) => place.dataset["place"] ?? "");
    this.remember(left.map((key) => this.panelOf(key)));
    left.forEach((key) => {
      this.stands(key, JSON.stringify({ verdict: "accepted" }));
      this.paint(key, "accepted");
    });
    const form = event.target as HTMLFormElement;
    this.send(form.action, new FormData(form));
    announce(this.nextWordsValue);
  }

  clear(event: SubmitEvent): void {
    event.preventDefault();
    this.remember([this.panel()]);
    this.stands(this.current, "");
    this.paint(this.current, "unmarked");
    this.send(this.clearUrlValue, new FormData(event.target as HTMLFormElement));
  }

  /** Takes the newest mark back: what stood there before stands there again. */
  undo(): void {
    const newest = this.marked.pop();
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
      this.stands(mark.place, mark.given);
      this.paint(mark.place, before["verdict"] ?? "unmarked");
      this.send(mark.given ? this.markUrlValue : this.clearUrlValue, data);
    });
    this.show(newest[0]?.place ?? this.current);
  }

  /** Asks how things really are, after something was refused. */
  async truth(): Promise<void> {
    this.marked.length = 0;
    try {
      const place = this.placeOf(this.current);
      this.swap(await inLine(() => ask(place?.href ?? this.pageUrlValue, null)));
    } catch (error) {
      showTrouble(sentence(error));
    }
  }

  private send(address: string, data: FormData): void {
    this.toSend.send(address, data, (parts) => this.swap(parts)).catch((error: unknown) => {
      showTrouble(sentence(error));
      void this.truth();
    });
  }

  private swap(parts: string): void {
    const scroll = this.element.querySelector("#bench-kinds")?.scrollTop ?? 0;
    const fresh = document.createElement("template");
    fresh.innerHTML = parts;
    Array.from(fresh.content.children).forEach((part) => {
      const place = document.getElementById(part.id);
      if (place && !place.hasAttribute("data-edited")) {
        place.replaceWith(part);
      }
    });
    this.sync();
    const kinds = this.element.querySelector("#bench-kinds");
    if (kinds) {
      kinds.scrollTop = scroll;
    }
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

  private remember(panels: (HTMLElement | undefined)[]): void {
    const now = markedOn(panels);
    if (now.length > 0) {
      this.marked.push(now);
    }
  }

  /** What a place's mark is from now on, for the next undo: the server's answer may still be on its way. */
  private stands(key: string, given: string): void {
    const panel = this.panelOf(key);
    if (panel) {
      panel.dataset["given"] = given;
    }
  }

  private paint(key: string, verdict: string): void {
    const place = this.placeOf(key);
    if (place?.dataset["full"]) {
      STATES.forEach((state) => place.classList.toggle(`kind__picture--${state}`, state === verdict));
    }
    this.panelOf(key)
      ?.querySelector(".btn-accept")
      ?.setAttribute("aria-pressed", String(verdict === "accepted"));
  }

  /** Enter right behind the last mark waits for the buttons the answer brings. */
  private holdBack(event: KeyboardEvent): void {
    const place = event.target as HTMLElement;
    if (event.key !== "Enter" || !busy() || event.isComposing || event.repeat) {
      return;
    }
    // Enter also ends the drawing of a spot.
    if (this.element.querySelector(".spot-layer") || place.closest("input, textarea, select, a[href], button, summary, dialog[open]")) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    void idle().then(() => {
      this.element.querySelector<HTMLElement>('#bench-bar [aria-keyshortcuts~="Enter"]')?.click();
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
