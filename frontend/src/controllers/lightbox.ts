import { Controller } from "@hotwired/stimulus";

import { afterClose, dialogsWork, openModal, wantsNewTab } from "../lib/modal";

/**
 * Shows a picture large over the page: `<a href="picture" data-action="lightbox#open" data-caption="…" data-group="…">`.
 * Pictures with the same group can be leafed through. Without scripts the link opens the picture itself.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["frame", "image", "box", "caption", "previous", "next"];

  declare readonly frameTarget: HTMLDialogElement;
  declare readonly imageTarget: HTMLImageElement;
  declare readonly boxTarget: HTMLElement;
  declare readonly captionTarget: HTMLElement;
  declare readonly previousTarget: HTMLButtonElement;
  declare readonly nextTarget: HTMLButtonElement;
  declare readonly hasFrameTarget: boolean;

  private opener: HTMLElement | null = null;
  private links: HTMLAnchorElement[] = [];
  private at = 0;

  open(event: MouseEvent): void {
    const link = event.currentTarget as HTMLAnchorElement;
    if (!this.hasFrameTarget || !dialogsWork() || wantsNewTab(event)) {
      return;
    }
    event.preventDefault();
    this.opener = link;
    const group = link.dataset["group"];
    const all = Array.from(document.querySelectorAll<HTMLAnchorElement>('a[data-action~="lightbox#open"]'));
    this.links = group ? all.filter((other) => other.dataset["group"] === group) : [link];
    this.show(Math.max(0, this.links.indexOf(link)));
    openModal(this.frameTarget);
  }

  previous(): void {
    this.show(this.at - 1);
  }

  next(): void {
    this.show(this.at + 1);
  }

  close(): void {
    this.frameTarget.close();
  }

  closed(): void {
    this.imageTarget.removeAttribute("src");
    afterClose(this.opener);
  }

  private show(at: number): void {
    const link = this.links[at];
    if (!link) {
      return;
    }
    this.at = at;
    const caption = link.dataset["caption"] ?? "";
    // The viewer lays the box over its spot once the picture is there.
    const box = link.dataset["box"] ?? "";
    this.boxTarget.hidden = box === "";
    if (box) {
      this.boxTarget.dataset["box"] = box;
    } else {
      delete this.boxTarget.dataset["box"];
    }
    this.imageTarget.alt = caption;
    this.imageTarget.src = link.href;
    this.captionTarget.textContent = this.links.length > 1 ? `${caption}  ${at + 1} / ${this.links.length}` : caption;
    this.previousTarget.hidden = this.nextTarget.hidden = this.links.length < 2;
    this.previousTarget.disabled = at === 0;
    this.nextTarget.disabled = at === this.links.length - 1;
  }
}
