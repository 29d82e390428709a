/** True where the browser has the dialog element; elsewhere links simply open their page. */
export function dialogsWork(): boolean {
  return typeof HTMLDialogElement !== "undefined" && "showModal" in HTMLDialogElement.prototype;
}

/** True for a click that asks for a new tab or window, which must stay the browser's. */
export function wantsNewTab(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}

/** Dialogs in the order they were opened. */
let opened: HTMLDialogElement[] = [];

/** What lies over everything else: only there something is seen, pressed and read out. */
export function uppermost(): HTMLElement {
  // A dialog is closed before its event tells so.
  opened = opened.filter((dialog) => dialog.open);
  return opened[opened.length - 1] ?? document.body;
}

/** Opens a dialog over the page; the page behind it stops scrolling until it closes. */
export function openModal(dialog: HTMLDialogElement): void {
  if (!dialog.open) {
    dialog.showModal();
    document.documentElement.classList.add("has-dialog");
    opened.push(dialog);
    bringVoice();
  }
}

/** The live region must stand where it is read out before it is filled. */
function bringVoice(): void {
  const voice = document.getElementById("live");
  if (voice) {
    uppermost().append(voice);
  }
}

/** To be called from the dialog's close event. Gives focus back to what opened it, or to the named substitute. */
export function afterClose(opener: HTMLElement | null, substitute?: string): void {
  if (uppermost() === document.body) {
    document.documentElement.classList.remove("has-dialog");
  }
  bringVoice();
  const other = substitute ? document.querySelector<HTMLElement>(substitute) : null;
  const place = other ?? (opener?.isConnected ? opener : null);
  place?.focus();
}
