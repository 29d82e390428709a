import { Controller } from "@hotwired/stimulus";

import { afterClose, openModal } from "../lib/modal";

const NAMED: Record<string, string> = { Plus: "+", Space: " " };
const CAPS: Record<string, string> = { Plus: "+", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const PRESSES = "a[href], button, summary, [role=button]";
const TYPES = "input, textarea, select, [contenteditable]";

/**
 * A key clicks the visible, labelled button that names it in aria-keyshortcuts, so that mouse, keyboard, screen reader
 * and tests go one way. Keys are left alone while an input method composes, inside fields and with modifiers.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["map", "list"];

  declare readonly mapTarget: HTMLDialogElement;
  declare readonly listTarget: HTMLElement;
  declare readonly hasMapTarget: boolean;

  press(event: KeyboardEvent): void {
    const place = event.target as HTMLElement;
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.repeat) {
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || place.closest(TYPES)) {
      return;
    }
    // Enter and Space on a focused button or link are that element's own.
    if ((event.key === "Enter" || event.key === " ") && place.closest(PRESSES)) {
      return;
    }
    const button = this.buttons().find((one) => keysOf(one).indexOf(event.key.toLowerCase()) >= 0);
    if (button) {
      event.preventDefault();
      button.click();
    }
  }

  showMap(): void {
    if (!this.hasMapTarget) {
      return;
    }
    this.listTarget.textContent = "";
    this.buttons().forEach((button) => {
      const row = document.createElement("div");
      const key = document.createElement("dt");
      const words = document.createElement("dd");
      namesOf(button).forEach((name) => {
        const cap = document.createElement("kbd");
        cap.textContent = CAPS[name] ?? name;
        key.append(cap);
      });
      words.textContent = labelOf(button);
      row.append(key, words);
      this.listTarget.append(row);
    });
    openModal(this.mapTarget);
  }

  closeMap(): void {
    this.mapTarget.close();
  }

  mapClosed(): void {
    afterClose(null);
  }

  private buttons(): HTMLElement[] {
    const scope = document.querySelector<HTMLElement>("dialog[open]") ?? this.element;
    return Array.from(scope.querySelectorAll<HTMLElement>("[aria-keyshortcuts]")).filter(
      (one) => !(one as HTMLButtonElement).disabled && one.getClientRects().length > 0,
    );
  }
}

function namesOf(button: HTMLElement): string[] {
  return (button.getAttribute("aria-keyshortcuts") ?? "").split(" ").filter(Boolean);
}

function keysOf(button: HTMLElement): string[] {
  return namesOf(button).map((name) => (NAMED[name] ?? name).toLowerCase());
}

function labelOf(button: HTMLElement): string {
  const label = button.getAttribute("aria-label");
  if (label) {
    return label;
  }
  const copy = button.cloneNode(true) as HTMLElement;
  copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}
