/** Where keys are the field's own. */
export const FIELDS = "input, textarea, select, [contenteditable]";

/** True while an input method composes: its keys choose characters. Some browsers say so by the key code alone. */
export function composes(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

export function inField(event: KeyboardEvent): boolean {
  return (event.target as HTMLElement).closest(FIELDS) !== null;
}
