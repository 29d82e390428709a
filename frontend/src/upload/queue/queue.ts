import { digestOf, newKey } from "./digest";
import { send, type Outcome, type Sending } from "./send";
import { Store, type Entry } from "./store";

/** waiting: its turn comes · paused: another try follows · offline: waits for the network · the rest needs the person. */
export type Stage = "waiting" | "sending" | "paused" | "offline" | "expired" | "differs" | "refused";

export interface Item {
  entry: Entry;
  /** Whether this device keeps it when the page is closed. */
  kept: boolean;
  stage: Stage;
  /** Share that has left this device, 0 to 1. */
  progress: number;
  tries: number;
  /** Milliseconds until the next try while paused. */
  pause: number;
  /** The server's own words of a refusal. */
  sentence: string;
}

export interface Home {
  owner: string;
  scope: string;
  token: string;
}

export interface Listener {
  /** Something about the items changed. */
  changed(items: readonly Item[]): void;
  /** The server has this picture; `answer` is its card. */
  confirmed(item: Item, answer: string): void;
  /** The person took it back after it may have reached the server. */
  withdrawn(item: Item): void;
  /** Another tab confirmed it, or took it back. */
  settledElsewhere(item: Item): void;
}

/** `actions`: where it may be sent, best first; each names one place but the last. */
export type NewPicture = Pick<Entry, "card" | "label"> & { picture: Blob; actions: string[] };

const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/** A picture nobody came back for is not kept longer than this: computers are shared. */
const KEPT = 24 * 3_600_000;

/**
 * Pictures one after another, one request each, until the server confirmed their bytes. What waits is in the browser's
 * database, so that a reload, a lost network or a closed tab loses nothing.
 */
export class Queue {
  private items: Item[] = [];
  private sending: { item: Item; request: Sending } | null = null;
  /** Whether the next is looked up or sent: one at a time. */
  private busy = false;
  private timer = 0;
  private lastAddedAt = 0;
  /** One after another: a small picture is ready to go before a large one that was chosen earlier. */
  private adding: Promise<void> = Promise.resolve();
  private readonly store = new Store();

  constructor(
    private readonly home: Home,
    private readonly listener: Listener,
  ) {
    window.addEventListener("online", this.wake);
    window.addEventListener("offline", this.rest);
  }

  /** Takes up what an earlier page left; throws away what belongs to somebody else or is too old. */
  async resume(): Promise<void> {
    const entries = await this.store.all();
    const known = new Set(this.items.map(({ entry }) => entry.key));
    for (const entry of entries) {
      // A phone's pictures have no owner; its own page sends them.
      const foreign = this.home.owner !== "" && entry.owner !== "" && entry.owner !== this.home.owner;
      if (foreign || Date.now() - entry.addedAt > KEPT) {
        void this.store.remove(entry.key);
      } else if (entry.scope === this.home.scope && !known.has(entry.key)) {
        this.items.push(newItem(entry, true));
      }
    }
    this.tell();
    void this.work();
  }

  /** Takes a picture; its turn comes after those that were added before. Rejects when its bytes can't be read. */
  add(picture: NewPicture): Promise<void> {
    const added = this.adding.then(() => this.take(picture));
    this.adding = added.catch(() => undefined);
    return added;
  }

  private async take({ picture, actions, ...shown }: NewPicture): Promise<void> {
    const data = await new Response(picture).arrayBuffer();
    const { owner, scope } = this.home;
    // The order of what is kept: never two at once.
    this.lastAddedAt = Math.max(Date.now(), this.lastAddedAt + 1);
    const entry: Entry = {
      ...shown,
      action: this.freeOf(actions),
      owner,
      scope,
      key: newKey(),
      type: picture.type,
      data,
      digest: await digestOf(data),
      addedAt: this.lastAddedAt,
    };
    // Without room in the database it still goes out from this page.
    this.items.push(newItem(entry, await this.store.put(entry)));
    this.tell();
    void this.work();
  }

  /** The first nothing is on its way to; the last, which leaves the place to the service, takes any number. */
  private freeOf(actions: string[]): string {
    const held = this.items.filter(isOnItsWay).map(({ entry }) => entry.action);
    return actions.find((action) => !held.includes(action)) ?? actions[actions.length - 1] ?? "";
  }

  async cancel(key: string): Promise<void> {
    const item = this.items.find(({ entry }) => entry.key === key);
    if (!item) {
      return;
    }
    const dropped = this.drop(item);
    if (this.sending?.item === item) {
      this.sending.request.abort();
    }
    await dropped;
    if (item.tries > 0) {
      this.listener.withdrawn(item);
    }
    void this.work();
  }

  /** The person wants another try now. */
  again(key: string): void {
    const item = this.items.find(({ entry }) => entry.key === key);
    if (item) {
      item.stage = "waiting";
      this.wake();
    }
  }

  /** What was kept is kept no more: it goes with this page. */
  unkeep(): void {
    this.items.forEach((item) => (item.kept = false));
    this.tell();
  }

  close(): void {
    window.removeEventListener("online", this.wake);
    window.removeEventListener("offline", this.rest);
    window.clearTimeout(this.timer);
    this.items = [];
    this.sending?.request.abort();
  }

  private readonly wake = (): void => {
    window.clearTimeout(this.timer);
    this.items.filter(isHeldUp).forEach((item) => (item.stage = "waiting"));
    this.tell();
    void this.work();
  };

  private readonly rest = (): void => {
    window.clearTimeout(this.timer);
    this.items.filter((item) => item.stage === "waiting" || item.stage === "paused").forEach((item) => (item.stage = "offline"));
    this.tell();
  };

  private async work(): Promise<void> {
    const item = this.items.find(({ stage }) => stage === "waiting");
    // A picture that waits for its next try holds up those behind it: they use the same network.
    if (!item || this.busy || this.items.some(({ stage }) => stage === "paused")) {
      return;
    }
    if (!navigator.onLine) {
      this.rest();
      return;
    }
    this.busy = true;
    try {
      if (item.kept && !(await this.store.has(item.entry.key))) {
        await this.leaveToOthers(item);
      } else if (this.items.includes(item)) {
        await this.send(item);
      }
    } finally {
      this.busy = false;
    }
    void this.work();
  }

  private async leaveToOthers(item: Item): Promise<void> {
    if (this.items.includes(item)) {
      await this.drop(item);
      this.listener.settledElsewhere(item);
    }
  }

  private async send(item: Item): Promise<void> {
    item.stage = "sending";
    item.progress = 0;
    item.tries += 1;
    const request = send(item.entry, this.home.token, (share) => {
      item.progress = share;
      this.tell();
    });
    this.sending = { item, request };
    this.tell();
    const outcome = await request.outcome;
    this.sending = null;
    if (this.items.includes(item)) {
      await this.settle(item, outcome);
    }
  }

  private async settle(item: Item, outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case "confirmed":
        await this.drop(item);
        this.listener.confirmed(item, outcome.answer);
        return;
      case "again":
        this.pause(item);
        break;
      case "refused":
        item.sentence = outcome.sentence;
        item.stage = "refused";
        break;
      default:
        item.stage = outcome.kind;
    }
    this.tell();
  }

  private pause(item: Item): void {
    if (!navigator.onLine) {
      item.stage = "offline";
      return;
    }
    item.stage = "paused";
    item.pause = PAUSES[Math.min(item.tries, PAUSES.length) - 1] ?? 60_000;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.wake, item.pause);
  }

  private async drop(item: Item): Promise<void> {
    this.items = this.items.filter((other) => other !== item);
    await this.store.remove(item.entry.key);
    this.tell();
  }

  private tell(): void {
    this.listener.changed(this.items);
  }
}

function newItem(entry: Entry, kept: boolean): Item {
  return { entry, kept, stage: "waiting", progress: 0, tries: 0, pause: 0, sentence: "" };
}

function isOnItsWay({ stage }: Item): boolean {
  return stage !== "refused" && stage !== "differs";
}

function isHeldUp({ stage }: Item): boolean {
  return stage === "paused" || stage === "offline";
}
