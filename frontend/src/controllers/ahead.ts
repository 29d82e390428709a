import { Controller } from "@hotwired/stimulus";

import { ask, Refused, sentence, Unreached } from "../lib/asking";
import { showTrouble } from "../lib/live";
import { forget, keep, keptAt } from "../lib/pictures";

const RENEW_EVERY = 4 * 60 * 1000;

/** Until the server knows that the one loaded ahead was opened, it would answer with that one again. */
let opening: Promise<unknown> = Promise.resolve();

/**
 * Keeps the dossier in one's hands while its page is open, and loads the next one ahead: its page and all its pictures,
 * so that opening it asks the server nothing. The server keeps it for this reviewer while the page is open, one at most.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["plain"];
  static override values = { openUrl: String, renewUrl: String, reserveUrl: String, works: Boolean };

  declare readonly plainTarget: HTMLFormElement;
  declare readonly openUrlValue: string;
  declare readonly renewUrlValue: string;
  declare readonly reserveUrlValue: string;
  declare readonly worksValue: boolean;

  private timer = 0;
  private renewedAt = 0;
  private readonly back = (): void => this.showAddress();
  private readonly woken = (): void => this.renewIfLate();
  private ahead: HTMLElement | null = null;
  private pictures: string[] = [];

  override connect(): void {
    window.addEventListener("popstate", this.back);
    if (!this.worksValue) {
      return;
    }
    this.renewedAt = Date.now();
    document.addEventListener("visibilitychange", this.woken);
    this.timer = window.setInterval(() => void this.renew(), RENEW_EVERY);
    const own = Array.from(this.element.querySelectorAll<HTMLElement>("[data-full]"), (one) => one.dataset["full"] ?? "");
    void keep(own.filter(Boolean))
      .then(() => opening)
      .then(() => this.reserve());
  }

  override disconnect(): void {
    window.removeEventListener("popstate", this.back);
    this.stopRenewing();
  }

  /** After something was sent, or by the button: the next dossier, from what is here if it is here. */
  async next(event: CustomEvent<{ sent?: Promise<unknown> } | null>): Promise<void> {
    const sent = event.detail && typeof event.detail === "object" ? event.detail.sent : undefined;
    if (this.ahead) {
      this.open(this.ahead);
      return;
    }
    try {
      await sent;
    } catch {
      return; // The reviewer stays with what was refused.
    }
    this.plainTarget.submit();
  }

  private open(next: HTMLElement): void {
    const place = this.element;
    this.ahead = null;
    this.pictures = [];
    const address = next.dataset["address"] ?? "";
    document.title = next.dataset["title"] ?? document.title;
    window.history.pushState({}, "", address);
    const body = new FormData(this.plainTarget);
    body.append("revision", next.dataset["revision"] ?? "");
    opening = ask(next.dataset["aheadOpenUrlValue"] ?? "", body).then(
      (parts) => {
        if (parts) {
          this.dispatch("changed", { target: next, detail: { parts } });
        }
      },
      (error: unknown) => {
        showTrouble(sentence(error));
        this.dispatch("refused", { target: next });
      },
    );
    place.replaceWith(next);
    next.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
  }

  private async reserve(): Promise<void> {
    if (!this.element.isConnected) {
      return;
    }
    try {
      const page = await ask(this.reserveUrlValue, new FormData(this.plainTarget), { background: true });
      if (page) {
        await this.load(page);
      }
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      // Without it the next dossier is opened the plain way.
    }
  }

  private async load(page: string): Promise<void> {
    const template = document.createElement("template");
    template.innerHTML = page;
    const next = template.content.querySelector<HTMLElement>("[data-address]");
    if (!next || next.dataset["address"] === this.element.dataset["address"]) {
      return;
    }
    const places = Array.from(next.querySelectorAll<HTMLElement>("[data-full]"));
    this.pictures = places.map((one) => one.dataset["full"] ?? "").filter(Boolean);
    const image = next.querySelector<HTMLImageElement>(".stage-now img");
    const first = image?.getAttribute("src") ?? "";
    image?.removeAttribute("src");
    await keep([...this.pictures].sort((one) => (one === first ? -1 : 0)));
    if (image && first) {
      image.dataset["full"] = first;
      image.src = keptAt(first) ?? first;
    }
    // From here on the thumbnails load, though nobody sees them yet.
    const ready = document.importNode(next, true);
    await Promise.all(Array.from(ready.querySelectorAll("img"), (one) => loaded(one)));
    if (this.element.isConnected) {
      this.ahead = ready;
      this.element.dataset["ahead"] = "ready";
    } else {
      forget(this.pictures);
    }
  }

  /**
   * A page behind another window is open all the same: somebody telephones about it. Who stays away is logged out after
   * a while, and then the server refuses.
   */
  private async renew(): Promise<void> {
    this.renewedAt = Date.now();
    try {
      await ask(this.renewUrlValue, new FormData(this.plainTarget), { background: true });
    } catch (error) {
      if (!(error instanceof Unreached)) {
        this.stopRenewing();
      }
      showTrouble(sentence(error));
    }
  }

  /** Browsers put hidden pages to sleep, and machines too: back again, it doesn't wait for the next round. */
  private renewIfLate(): void {
    if (document.visibilityState === "visible" && Date.now() - this.renewedAt > RENEW_EVERY) {
      void this.renew();
    }
  }

  private stopRenewing(): void {
    window.clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.woken);
  }

  /** Back or forward to a dossier that went out of the page: it is opened anew, as it is now. */
  private showAddress(): void {
    if (window.location.pathname !== this.element.dataset["address"]) {
      window.location.reload();
    }
  }
}

function loaded(image: HTMLImageElement): Promise<void> {
  if (!image.getAttribute("src") || image.complete) {
    return Promise.resolve();
  }
  return new Promise((done) => {
    image.addEventListener("load", () => done(), { once: true });
    image.addEventListener("error", () => done(), { once: true });
  });
}
