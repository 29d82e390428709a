/** Puts a fresh part of the page where the old one stood: what was scrolled, opened and focused in it stays. */
export function replacePart(old: Element, fresh: Element): void {
  const scroll = old.scrollTop;
  const opened = old.querySelector<HTMLDetailsElement>(".unneeded")?.open ?? false;
  const focused = old.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
  old.replaceWith(fresh);
  fresh.scrollTop = scroll;
  const fold = fresh.querySelector<HTMLDetailsElement>(".unneeded");
  if (fold) {
    fold.open = opened;
  }
  if (focused) {
    Array.from(fresh.querySelectorAll<HTMLElement>("a[href]"))
      .find((link) => link.getAttribute("href") === focused)
      ?.focus({ preventScroll: true });
  }
}
