import { Controller } from "@hotwired/stimulus";

import { announce } from "../lib/live";

const EVERY = 1500;

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
      this.timer = window.setTimeout(() => void this.ask(), EVERY);
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
      if (answer.type === "opaqueredirect" || answer.status >= 400) {
        return; // Logged out, or the dossier is gone: the next click says so.
      }
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
    const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
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
