import { Controller } from "@hotwired/stimulus";

import { announce } from "../lib/live";

/** Milliseconds between two questions; up to the second figure while the service is in trouble. */
const EVERY = 1_500;
const SELDOM = 12_000;
/** Logged out, or the dossier is gone: the next click says so. */
const OVER = [401, 403, 404];

/**
 * The computer's side of 手机扫码上传: asks for news while a handover is open and shows them as they come. What is
 * unchanged costs one empty answer (If-None-Match). Nothing is asked while nobody looks at the page.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["news"];
  static override values = { address: String };

  declare readonly newsTarget: HTMLElement;
  declare readonly addressValue: string;

  private timer = 0;
  private pause = EVERY;
  private known = "";
  private readonly looked = (): void => {
    if (!document.hidden) {
      void this.ask();
    }
  };

  override connect(): void {
    document.addEventListener("visibilitychange", this.looked);
    this.wait();
  }

  override disconnect(): void {
    document.removeEventListener("visibilitychange", this.looked);
    window.clearTimeout(this.timer);
  }

  private wait(): void {
    window.clearTimeout(this.timer);
    if (this.newsTarget.dataset["live"] === "true" && !document.hidden) {
      this.timer = window.setTimeout(() => void this.ask(), this.pause);
    }
  }

  private async ask(): Promise<void> {
    window.clearTimeout(this.timer);
    try {
      const answer = await fetch(this.addressValue, {
        headers: { "X-Background": "1", ...(this.known ? { "If-None-Match": this.known } : {}) },
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
      });
      if (answer.type === "opaqueredirect" || OVER.includes(answer.status)) {
        return;
      }
      this.pause = answer.status < 400 ? EVERY : Math.min(SELDOM, this.pause * 2);
      if (answer.ok) {
        this.show(await answer.text());
        this.known = answer.headers.get("ETag") ?? "";
      }
    } catch {
      // The network is away: the next turn asks again.
    }
    if (this.element.isConnected) {
      this.wait();
    }
  }

  private show(html: string): void {
    const answer = new DOMParser().parseFromString(html, "text/html");
    const [unsent, shown] = [answer.getElementById("unsent"), document.getElementById("unsent")];
    if (unsent && shown && unsent.innerHTML !== shown.innerHTML) {
      shown.replaceWith(unsent);
    }
    const fresh = answer.body.firstElementChild;
    if (!fresh || fresh.innerHTML === this.newsTarget.innerHTML) {
      return;
    }
    const hadFocus = this.newsTarget.contains(document.activeElement);
    this.newsTarget.replaceWith(fresh);
    if (hadFocus) {
      fresh.querySelector<HTMLElement>("[data-card-focus]")?.focus();
    }
    const said = fresh.querySelectorAll("[data-said], .material__facts");
    announce(Array.from(said, (part) => (part.textContent ?? "").trim()).join(" "));
  }
}
