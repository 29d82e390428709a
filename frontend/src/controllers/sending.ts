import { Controller } from "@hotwired/stimulus";

import { ask, Refused, sentence } from "../lib/asking";
import { composes } from "../lib/keys";
import { announce, showTrouble } from "../lib/live";
import { wantsNewTab } from "../lib/modal";
import { remember, settle } from "../lib/unsent";
import { idle } from "../lib/work_line";
import { sendMarksWithThePage } from "../workbench/marks";

type Pending = { address: string; data: FormData; label: string; timer: number; left: number };

/** Sent, but not before the marks it rests on have arrived: a page that is left takes it along all the same. */
const behindMarks = new Set<Pending>();

window.addEventListener("pagehide", () => {
  behindMarks.forEach(goOut);
  behindMarks.clear();
});

function goOut(pending: Pending): void {
  sendMarksWithThePage();
  window.navigator.sendBeacon(pending.address, pending.data);
}

/**
 * What leaves the reviewer's hands stays 5 seconds in the page and can be taken back. It goes out when the time ends,
 * when the next dossier opens, or when the page is left. A page that is left reads no answer and can't wait for marks
 * that are under way: the next one asks what came of it, and says what wasn't sent.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["strip", "words", "count"];
  static override values = { seconds: { type: Number, default: 5 }, failed: String, unmarked: String, arrivedUrl: String };

  declare readonly stripTarget: HTMLElement;
  declare readonly wordsTarget: HTMLElement;
  declare readonly countTarget: HTMLElement;
  declare readonly secondsValue: number;
  declare readonly failedValue: string;
  declare readonly unmarkedValue: string;
  declare readonly arrivedUrlValue: string;

  private pending: Pending | null = null;
  private readonly leave = (): void => this.goOutWithThePage();

  override connect(): void {
    window.addEventListener("pagehide", this.leave);
  }

  override disconnect(): void {
    window.removeEventListener("pagehide", this.leave);
    this.goOutWithThePage();
  }

  /** A verdict that needs nothing else. */
  direct(event: MouseEvent): void {
    const link = event.currentTarget as HTMLAnchorElement;
    const token = this.element.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]');
    if (wantsNewTab(event) || !token) {
      return;
    }
    event.preventDefault();
    const data = new FormData();
    data.append("csrfmiddlewaretoken", token.value);
    data.append("revision", link.dataset["revision"] ?? "");
    data.append("verdict", link.dataset["verdict"] ?? "");
    this.start(link.href, data, link.dataset["label"] ?? "");
  }

  /** Shows what will be sent, once every mark has arrived. */
  async ask(event: MouseEvent): Promise<void> {
    if (wantsNewTab(event)) {
      return;
    }
    event.preventDefault();
    const link = event.currentTarget as HTMLAnchorElement;
    if (await idle()) {
      this.dispatch("ask", { detail: { link } });
    }
  }

  /** The form of that question was sent. */
  submitted(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    const label = form.dataset["sending"];
    const dialog = form.closest("dialog");
    if (!label || !dialog) {
      return;
    }
    event.preventDefault();
    const data = new FormData(form);
    dialog.close();
    this.start(form.action, data, label);
  }

  /** Ctrl+Enter sends a form from inside its text by the button that says so. */
  hurry(event: KeyboardEvent): void {
    const button = (event.target as HTMLElement).closest("form")?.querySelector<HTMLElement>("[data-hurry]");
    if (button && event.key === "Enter" && event.ctrlKey && !composes(event)) {
      event.preventDefault();
      button.click();
    }
  }

  cancel(): void {
    if (this.pending) {
      window.clearInterval(this.pending.timer);
      this.pending = null;
      this.hide();
    }
  }

  /** Sends at once and goes on. The next dossier doesn't wait for the answer; a refusal is told there. */
  async now(): Promise<void> {
    const pending = this.take();
    if (!pending) {
      return;
    }
    const question = this.owe(pending);
    behindMarks.add(pending);
    const sent = idle().then((arrived) => {
      if (!behindMarks.delete(pending)) {
        return new Promise<string>(() => undefined); // The page was left with it; the next one asks what came of it.
      }
      if (!arrived) {
        throw new Refused(this.unmarkedValue);
      }
      return ask(pending.address, pending.data, { keepalive: true });
    });
    const detail: { sent: Promise<unknown>; opened?: boolean } = { sent };
    this.dispatch("sent", { detail });
    try {
      await sent;
      settle(question);
    } catch (error) {
      settle(question);
      showTrouble(`${this.failedValue}${sentence(error)}`);
      this.hide();
      this.dispatch("refused");
    }
  }

  private start(address: string, data: FormData, label: string): void {
    if (this.pending) {
      return;
    }
    const timer = window.setInterval(() => this.tick(), 1000);
    this.pending = { address, data, label, timer, left: this.secondsValue };
    this.wordsTarget.textContent = label;
    this.countTarget.textContent = String(this.secondsValue);
    this.stripTarget.hidden = false;
    this.element.classList.add("is-sending");
    announce(this.stripTarget.textContent ?? "");
  }

  private tick(): void {
    if (!this.pending) {
      return;
    }
    this.pending.left -= 1;
    this.countTarget.textContent = String(this.pending.left);
    if (this.pending.left <= 0) {
      void this.now();
    }
  }

  private take(): Pending | null {
    const pending = this.pending;
    this.pending = null;
    if (pending) {
      window.clearInterval(pending.timer);
    }
    return pending;
  }

  private hide(): void {
    this.stripTarget.hidden = true;
    this.element.classList.remove("is-sending");
  }

  private goOutWithThePage(): void {
    const pending = this.take();
    if (pending) {
      this.owe(pending);
      goOut(pending);
    }
  }

  /** Until its answer is read, somebody has to ask whether it arrived: where. */
  private owe(pending: Pending): string {
    const question = `${this.arrivedUrlValue}?revision=${String(pending.data.get("revision"))}`;
    remember({ question, act: pending.label, at: Date.now() });
    return question;
  }
}
