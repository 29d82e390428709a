import { Controller } from "@hotwired/stimulus";

import { afterClose, openModal } from "../lib/modal";

const NAMED: Record<string, string> = { Plus: "+", Space: " " };
const CAPS: Record<string, string> = { Plus: "+", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const PRESSES = "a[href], button, summary, [role=button]";
const TYPES = "input, textarea, select, [contenteditable]";

/**
 * A key clicks the visible, labelled button that names it in aria-keyshortcuts, so that mouse, keyboard, screen reader
 * and tests go one way. Keys are left alone while an input method composes, inside fields and with modifiers other than Shift, and altogether
 * for those who switched them off.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["map", "list"];
  static override values = { off: Boolean };

  declare readonly mapTarget: HTMLDialogElement;
  declare readonly listTarget: HTMLElement;
  declare readonly hasMapTarget: boolean;
  declare readonly offValue: boolean;

  press(event: KeyboardEvent): void {
    const place = event.target as HTMLElement;
    if (this.offValue || event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.repeat) {
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || place.closest(TYPES)) {
      return;
    }
    // Enter and Space on a focused button or link are that element's own.
    if ((event.key === "Enter" || event.key === " ") && place.closest(PRESSES)) {
      return;
    }
    const pressed = pressedKey(event);
    const button = this.buttons().find((one) => keysOf(one).indexOf(pressed) >= 0);
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
        cap.textContent = name.replace("Shift+", "⇧").replace(/Arrow\w+|Plus/, (word) => CAPS[word] ?? word);
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

/** With Shift only where Shift itself makes the difference: letters and arrows, not the sign above a figure. */
function pressedKey(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  return event.shiftKey && (/^[a-z]$/.test(key) || key.indexOf("arrow") === 0) ? `shift+${key}` : key;
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
