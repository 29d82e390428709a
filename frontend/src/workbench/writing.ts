import { samePlace, type Where, whereOf } from "./places";

type Field = HTMLInputElement | HTMLTextAreaElement;

const EDITED = "data-edited";
const PARTS = ["left", "top", "width", "height"];

/** Something was written that isn't sent yet: an answer to an earlier mark must not wipe it away. */
export function writtenIn(form: Element | null | undefined): void {
  form?.setAttribute(EDITED, "");
}

/** What was written in a panel about a place is settled by a mark of that place; nobody writes there any more. */
export function settled(panel: Element | undefined, where: Where): void {
  formsOf(panel, where).forEach((form) => {
    form.removeAttribute(EDITED);
    const fold = foldOf(form);
    if (fold) {
      fold.open = false;
    }
    if (document.activeElement instanceof HTMLElement && form.contains(document.activeElement)) {
      document.activeElement.blur();
    }
  });
}

/** Something is written in this part, or the cursor stands where it is about to be. */
export function holdsWriting(part: Element): boolean {
  const field = document.activeElement;
  return part.querySelector(`[${EDITED}]`) !== null || (field !== null && part.contains(field) && field.matches("textarea, select"));
}

function foldOf(form: Element | null | undefined): HTMLDetailsElement | null | undefined {
  return form?.closest("details") ?? form?.querySelector("details");
}

/** Opens the fold a form keeps its own words in; with `focus` the cursor goes there. */
export function openWords(form: Element | null | undefined, focus: boolean): void {
  const fold = foldOf(form);
  if (fold) {
    fold.open = true;
  }
  if (focus) {
    form?.querySelector("textarea")?.focus();
  }
}

/**
 * Writes what was refused into the form of the same place again, with the sentence that says why, and hands back that
 * form. Null where the panel has none any more, or where something else was written meanwhile.
 */
export function writeAgain(panel: HTMLElement, data: FormData, sentence: string): HTMLFormElement | null {
  const form = formsOf(panel, whereOf(data)).find((one) => one.querySelector("textarea"));
  const said = form?.querySelector<HTMLElement>("[data-refused]");
  if (!form || !said || form.hasAttribute(EDITED)) {
    return null;
  }
  Array.from(form.querySelectorAll<Field>("input:not([type=hidden]), textarea")).forEach((field) => {
    if (field.type === "radio" || field.type === "checkbox") {
      (field as HTMLInputElement).checked = data.get(field.name) === field.value;
    } else {
      field.value = String(data.get(field.name) ?? "");
    }
  });
  const reason = String(data.get("reason_code") ?? "");
  Array.from(form.querySelectorAll<HTMLButtonElement>(".reasons button")).forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === reason));
  });
  Array.from(form.querySelectorAll<HTMLButtonElement>("[data-hurry][name=reason_code]")).forEach((button) => {
    button.value = reason;
  });
  said.hidden = false;
  said.textContent = sentence;
  const words = form.querySelector("textarea");
  words?.closest(".field")?.classList.add("field--error");
  words?.setAttribute("aria-invalid", "true");
  words?.setAttribute("aria-describedby", said.id);
  writtenIn(form);
  return form;
}

function formsOf(panel: Element | undefined, where: Where): HTMLFormElement[] {
  return Array.from(panel?.querySelectorAll("form") ?? []).filter((form) => samePlace(whereOf(new FormData(form)), where));
}

/** The spot in a panel's fields, in fractions of the picture; empty without one, undefined where it has no fields. */
export function spotIn(panel: HTMLElement | undefined): string | undefined {
  const fields = PARTS.map((part) => panel?.querySelector<HTMLInputElement>(`input[name="${part}"]`));
  if (fields.some((field) => !field)) {
    return undefined;
  }
  const values = fields.map((field) => field?.value ?? "");
  return values.every(Boolean) ? values.map((value) => String(Number(value) / 100)).join(",") : "";
}
