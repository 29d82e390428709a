/** Where a mark belongs: a position of a kind, or, with an empty position, the kind itself. */
export type Where = { kind: string; position: string };

/** The place a form speaks of, by its own fields. */
export function whereOf(data: FormData): Where {
  return { kind: String(data.get("kind") ?? ""), position: String(data.get("position") ?? "") };
}

/** The place a panel is for: its picture, or the kind where it shows none. */
export function placeOfPanel(panel: HTMLElement): Where {
  return { kind: panel.dataset["kind"] ?? "", position: panel.dataset["position"] ?? "" };
}

export function samePlace(one: Where, other: Where): boolean {
  return one.kind === other.kind && one.position === other.position;
}

/** The panels that show a place's mark; that of a kind stands beside each of its pictures. */
export function panelsAt(panels: HTMLElement[], where: Where): HTMLElement[] {
  return panels.filter((panel) => {
    const place = placeOfPanel(panel);
    return place.kind === where.kind && (!where.position || place.position === where.position);
  });
}

/** What a place is marked with, as its panels carry it; empty without a mark. */
export function markAt(panels: HTMLElement[], where: Where): string {
  return panelsAt(panels, where)[0]?.dataset[carrier(where)] ?? "";
}

/** What a place is marked with from now on, for the next undo: the server's answer may still be on its way. */
export function putMark(panels: HTMLElement[], where: Where, given: string): void {
  panelsAt(panels, where).forEach((panel) => {
    panel.dataset[carrier(where)] = given;
  });
}

function carrier(where: Where): "given" | "lacking" {
  return where.position ? "given" : "lacking";
}
