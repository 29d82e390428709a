import { Controller } from "@hotwired/stimulus";
import htmx from "htmx.org";

import { goTo } from "../lib/going";
import { afterClose, dialogsWork, openModal, wantsNewTab } from "../lib/modal";

/**
 * Opens the page behind a link as a fragment in the page's dialog: `<a href="…" data-action="dialog#open">`.
 * The server answers a request with the header HX-Request with the fragment alone. Whatever goes wrong (no dialog
 * element, log-in expired, an error) ends in the plain page.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["frame", "body"];

  declare readonly frameTarget: HTMLDialogElement;
  declare readonly bodyTarget: HTMLElement;
  declare readonly hasFrameTarget: boolean;

  private opener: HTMLElement | null = null;
  /** The card the opener stands in; one that is swapped meanwhile takes the opener with it. */
  private card = "";
  private substitute: string | undefined;

  async open(event: MouseEvent): Promise<void> {
    if (this.hasFrameTarget && dialogsWork() && !wantsNewTab(event)) {
      event.preventDefault();
      await this.show(event.currentTarget as HTMLAnchorElement);
    }
  }

  /** The same for a link another controller held back; `detail.link` names it. */
  async openLink(event: CustomEvent<{ link: HTMLAnchorElement }>): Promise<void> {
    if (this.hasFrameTarget && dialogsWork()) {
      await this.show(event.detail.link);
    } else {
      goTo(event.detail.link.href);
    }
  }

  private async show(link: HTMLAnchorElement): Promise<void> {
    if (link.getAttribute("aria-busy") === "true") {
      return;
    }
    link.setAttribute("aria-busy", "true");
    const fragment = await this.fetched(link.href);
    link.removeAttribute("aria-busy");
    if (fragment === null) {
      goTo(link.href);
      return;
    }
    this.opener = link;
    this.card = link.closest(".material")?.id ?? "";
    this.substitute = undefined;
    htmx.swap(this.bodyTarget, fragment, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
    this.frameTarget.classList.toggle("sheet--small", this.bodyTarget.querySelector("[data-small]") !== null);
    openModal(this.frameTarget);
    this.bodyTarget.scrollTop = 0;
    const first = this.bodyTarget.querySelector<HTMLElement>("[autofocus]");
    (first ?? this.bodyTarget.querySelector<HTMLElement>("[data-dialog-focus]"))?.focus();
  }

  /** For a button or an event inside the dialog; `detail.focus` names the element that gets the focus afterwards. */
  close(event?: CustomEvent<{ focus?: string } | null>): void {
    event?.preventDefault();
    this.substitute = event?.detail && typeof event.detail === "object" ? event.detail.focus : undefined;
    this.frameTarget.close();
  }

  /** For a link that leads away from a confirm page: in the dialog it only closes it. */
  dismiss(event: MouseEvent): void {
    if (this.frameTarget.open) {
      event.preventDefault();
      this.frameTarget.close();
    }
  }

  /** A form of the dialog was answered and its card swapped: the dialog has done its work. */
  settled(event: CustomEvent<{ successful?: boolean; target?: HTMLElement }>): void {
    const { successful, target } = event.detail;
    if (successful && target && !this.frameTarget.contains(target)) {
      this.substitute = target.id ? headingOf(target.id) : undefined;
      this.frameTarget.close();
    }
  }

  closed(): void {
    this.bodyTarget.textContent = "";
    const swapped = this.card && !this.opener?.isConnected ? headingOf(this.card) : undefined;
    afterClose(this.opener, this.substitute ?? swapped);
    this.opener = null;
  }

  private async fetched(address: string): Promise<string | null> {
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      return answer.ok && !answer.redirected ? await answer.text() : null;
    } catch {
      return null;
    }
  }
}

function headingOf(card: string): string {
  return `#${card} [data-card-focus]`;
}
