import { Controller } from "@hotwired/stimulus";

import { composes, FIELDS, inField } from "../lib/keys";
import { afterClose, openModal } from "../lib/modal";
import { busy, idle } from "../lib/work_line";

const NAMED: Record<string, string> = { Plus: "+", Space: " " };
const CAPS: Record<string, string> = { Plus: "+", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const PRESSES = "a[href], button, summary, [role=button]";

/**
 * A key clicks the visible, labelled button that names it in aria-keyshortcuts, so that mouse, keyboard, screen reader
 * and tests go one way; a field that names one gets the focus. Keys are left alone while an input method composes,
 * inside fields (which Escape leaves) and with modifiers other than Shift, and altogether for those who switched them
 * off.
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
    if (this.offValue || composes(event) || event.defaultPrevented || event.repeat) {
      return;
    }
    if (event.key === "Escape" && place.matches(FIELDS) && !place.closest("dialog")) {
      place.blur();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event)) {
      return;
    }
    // Enter and Space on a focused button or link are that element's own.
    if ((event.key === "Enter" || event.key === " ") && place.closest(PRESSES)) {
      return;
    }
    const pressed = pressedKey(event);
    const named = this.namedBy(pressed);
    if (named || pressed === "enter") {
      event.preventDefault();
    }
    // Right behind a mark a key may mean a button its answer brings, Enter always does; a refused mark brings none.
    if (busy() && (!named || pressed === "enter")) {
      void idle().then((arrived) => arrived && act(this.namedBy(pressed)));
    } else {
      act(named);
    }
  }

  private namedBy(pressed: string): HTMLElement | undefined {
    return this.named().find((one) => keysOf(one).indexOf(pressed) >= 0);
  }

  showMap(): void {
    if (!this.hasMapTarget) {
      return;
    }
    this.listTarget.textContent = "";
    this.named().forEach((button) => {
      const row = document.createElement("div");
      const key = document.createElement("dt");
      const words = document.createElement("dd");
      namesOf(button).forEach((name) => {
        const cap = document.createElement("kbd");
        cap.textContent = name.replace("Shift+", "Shift ").replace(/Arrow\w+|Plus/, (word) => CAPS[word] ?? word);
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

  private named(): HTMLElement[] {
    const scope = document.querySelector<HTMLElement>("dialog[open]") ?? this.element;
    return Array.from(scope.querySelectorAll<HTMLElement>("[aria-keyshortcuts]")).filter(
      (one) => !(one as HTMLButtonElement).disabled && one.getClientRects().length > 0,
    );
  }
}

function act(named: HTMLElement | undefined): void {
  if (named?.matches(FIELDS)) {
    named.focus();
  } else {
    named?.click();
  }
}

/** With Shift only where Shift itself makes the difference: letters, arrows and Enter, not the sign above a figure. */
function pressedKey(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  return event.shiftKey && /^([a-z]|arrow.*|enter)$/.test(key) ? `shift+${key}` : key;
}

function namesOf(button: HTMLElement): string[] {
  return (button.getAttribute("aria-keyshortcuts") ?? "").split(" ").filter(Boolean);
}

function keysOf(button: HTMLElement): string[] {
  return namesOf(button).map((name) => (NAMED[name] ?? name).toLowerCase());
}

function labelOf(button: HTMLElement): string {
  const label = button.getAttribute("aria-label") ?? (button as HTMLInputElement).labels?.[0]?.textContent;
  if (label) {
    return label.trim();
  }
  const copy = button.cloneNode(true) as HTMLElement;
  copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}
