import { Controller } from "@hotwired/stimulus";
import htmx from "htmx.org";

import { goTo } from "../lib/going";
import { announce, showTrouble } from "../lib/live";
import { fill } from "../lib/words";
import { Queue, type Item, type NewPicture } from "../upload/queue/queue";

/**
 * The page's uploads: shows each picture on its way in the card of its kind (or here, on a page without cards) with
 * progress and a way to take it back, and swaps the card in when the server has confirmed it.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["rest", "row", "bar"];
  static override values = { scope: String, owner: String, page: String, leave: Boolean };

  declare readonly restTarget: HTMLElement;
  declare readonly rowTarget: HTMLTemplateElement;
  declare readonly barTarget: HTMLElement;
  declare readonly scopeValue: string;
  declare readonly ownerValue: string;
  declare readonly pageValue: string;
  declare readonly leaveValue: boolean;

  private queue: Queue | null = null;
  private confirmations = 0;
  private items: readonly Item[] = [];
  private readonly rows = new Map<string, { row: HTMLElement; address: string; stage: string }>();

  override connect(): void {
    const token = this.element.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    this.queue = new Queue(
      { owner: this.ownerValue, scope: this.scopeValue, token },
      {
        changed: (items) => this.changed(items),
        confirmed: (item, answer) => this.confirmed(item, answer),
        withdrawn: (item) => this.withdrawn(item),
        settledElsewhere: (item) => this.readAgain(item),
      },
    );
    void this.queue.resume();
  }

  override disconnect(): void {
    this.queue?.close();
    this.queue = null;
  }

  add({ detail }: CustomEvent<NewPicture>): void {
    this.queue?.add(detail).catch(() => showTrouble(this.word("unread")));
  }

  /** The person is logging out, which forgets what this browser kept; he may still stay. */
  unkeep(): void {
    this.queue?.unkeep();
  }

  private changed(items: readonly Item[]): void {
    this.items = items;
    const keys = items.map(({ entry }) => entry.key);
    this.rows.forEach(({ row, address }, key) => {
      if (!keys.includes(key)) {
        row.remove();
        URL.revokeObjectURL(address);
        this.rows.delete(key);
      }
    });
    items.forEach((item) => this.showRow(item));
    document.querySelectorAll<HTMLElement>(".sendings").forEach((list) => (list.hidden = list.children.length === 0));
    this.showBar();
    this.dispatch("changed", { detail: { count: items.length } });
  }

  private showRow(item: Item): void {
    const { key, card } = item.entry;
    const known = this.rows.get(key) ?? this.newRow(item);
    const { row } = known;
    const place = document.querySelector<HTMLElement>(`[data-sendings="${card}"]`) ?? this.restTarget;
    if (row.parentElement !== place) {
      place.append(row);
    }
    const progress = row.querySelector("progress");
    const needed = item.stage === "refused" || item.stage === "expired" || item.stage === "differs";
    if (progress) {
      progress.value = item.stage === "sending" ? item.progress : 0;
      progress.hidden = needed;
    }
    row.classList.toggle("is-refused", needed);
    if (!item.kept) {
      row.dataset["onlyHere"] = "";
      // It goes with this page, so the log-in opens beside it.
      row.querySelector("[data-login]")?.setAttribute("target", "_blank");
    }
    const words = row.querySelector(".sending__state");
    if (words) {
      words.textContent = this.stateOf(item);
    }
    show(row, "[data-again]", ["paused", "expired", "refused"].includes(item.stage));
    show(row, "[data-login]", item.stage === "expired");
    this.tell(item, known);
  }

  private newRow({ entry }: Item): { row: HTMLElement; address: string; stage: string } {
    const row = (this.rowTarget.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    const address = URL.createObjectURL(new Blob([entry.data], { type: entry.type }));
    row.dataset["sending"] = entry.card;
    row.querySelector("img")?.setAttribute("src", address);
    row.querySelector("progress")?.setAttribute("aria-label", entry.label);
    const label = row.querySelector(".sending__label");
    if (label) {
      label.textContent = entry.label;
    }
    const cancel = row.querySelector<HTMLElement>("[data-cancel]");
    cancel?.setAttribute("aria-label", this.word("cancel", { label: entry.label }));
    cancel?.addEventListener("click", () => void this.queue?.cancel(entry.key));
    row.querySelector("[data-again]")?.addEventListener("click", () => this.queue?.again(entry.key));
    const known = { row, address, stage: "" };
    this.rows.set(entry.key, known);
    return known;
  }

  private stateOf({ stage, kept, progress, pause, sentence }: Item): string {
    if (stage === "sending") {
      return progress < 1 ? this.word("sending", { percent: Math.floor(progress * 100) }) : this.word("checking");
    }
    if (stage === "refused" && sentence) {
      return sentence;
    }
    const says = !kept && (stage === "offline" || stage === "expired") ? `${stage}-here` : stage;
    return this.word(says, { seconds: Math.round(pause / 1000) });
  }

  /** To screen readers: what began, what is half done when it takes long, what went wrong. */
  private tell(item: Item, known: { stage: string }): void {
    const half = item.stage === "sending" && item.progress >= 0.5 && item.progress < 1;
    const stage = half ? "half" : item.stage;
    if (stage === known.stage || (stage === "sending" && known.stage === "half")) {
      return;
    }
    known.stage = stage;
    if (stage === "sending") {
      announce(this.word("begun", { label: item.entry.label }));
    } else if (stage === "half") {
      announce(this.word("half", { label: item.entry.label }));
    } else if (stage !== "waiting") {
      announce(`${item.entry.label} ${this.stateOf(item)}`);
    }
  }

  private showBar(): void {
    const count = (...stages: string[]): number => this.items.filter(({ stage }) => stages.includes(stage)).length;
    const stuck = count("refused", "expired", "differs");
    const held = count("offline", "paused");
    const name = held > 0 ? "held" : this.items.length > stuck ? "summary" : "stuck";
    const says = name === "held" && this.items.some(({ kept }) => !kept) ? "held-here" : name;
    const shown = name === "stuck" ? stuck : this.items.length - stuck;
    this.barTarget.hidden = this.items.length === 0;
    this.barTarget.textContent = this.items.length > 0 ? this.word(says, { count: shown }) : "";
    this.barTarget.classList.toggle("is-held", name !== "summary");
  }

  private confirmed({ entry }: Item, answer: string): void {
    this.confirmations += 1;
    const place = document.getElementById(entry.card);
    if (place) {
      const focused = place.contains(document.activeElement);
      htmx.swap(place, answer, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
      this.changed(this.items);
      if (focused) {
        document.querySelector<HTMLElement>(`#${entry.card} [data-card-focus]`)?.focus();
      }
    }
    announce(this.word("done", { label: entry.label }));
    this.leaveWhenDone();
  }

  private leaveWhenDone(): void {
    if (this.leaveValue && this.items.length === 0) {
      goTo(this.pageValue);
    }
  }

  private withdrawn(item: Item): void {
    announce(this.word("cancelled", { label: item.entry.label }));
    this.readAgain(item);
  }

  /** Whether it had arrived is known by the server alone. */
  private readAgain({ entry }: Item): void {
    if (document.getElementById(entry.card)) {
      void this.refresh(`#${entry.card}`);
    } else if (this.pageValue.split("#")[0] === window.location.pathname) {
      this.leaveWhenDone();
    }
  }

  private async refresh(card: string): Promise<void> {
    const before = this.confirmations;
    await htmx.ajax("get", this.pageValue, { target: card, select: card, swap: "outerHTML" });
    this.changed(this.items);
    if (this.confirmations !== before) {
      await this.refresh(card); // What was confirmed meanwhile may be missing in what came.
    }
  }

  private word(name: string, values: Record<string, string | number> = {}): string {
    return fill(this.element.getAttribute(`data-${name}`) ?? "", values);
  }
}

function show(row: HTMLElement, part: string, isShown: boolean): void {
  const found = row.querySelector<HTMLElement>(part);
  if (found) {
    found.hidden = !isShown;
  }
}
