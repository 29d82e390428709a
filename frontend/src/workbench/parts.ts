/** Puts a fresh part of the page where the old one stood: what was scrolled, opened and focused in it stays. */
export function replacePart(old: Element, fresh: Element): void {
  const scroll = old.scrollTop;
  const opened = foldsOf(old).filter((fold) => fold.open);
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const link = active?.getAttribute("href");
  const fold = active?.matches("summary") ? active.parentElement?.id : undefined;
  old.replaceWith(fresh);
  fresh.scrollTop = scroll;
  foldsOf(fresh).forEach((one) => {
    one.open ||= opened.some(({ id }) => id === one.id);
  });
  const focused = fold
    ? foldsOf(fresh).find(({ id }) => id === fold)?.querySelector<HTMLElement>("summary")
    : Array.from(fresh.querySelectorAll<HTMLElement>("a[href]")).find((one) => one.getAttribute("href") === link);
  focused?.focus({ preventScroll: true });
}

function foldsOf(part: Element): HTMLDetailsElement[] {
  return Array.from(part.querySelectorAll<HTMLDetailsElement>("details[id]"));
}
