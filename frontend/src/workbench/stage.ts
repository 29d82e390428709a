import { layOver } from "../lib/boxes";
import { keptAt } from "../lib/pictures";

/** The parts of the middle pane, as they stand in the page now: the server's answers replace some of them. */
export type Stage = {
  frame: HTMLElement;
  now: HTMLElement;
  none: HTMLElement;
  before: HTMLElement;
  compare: HTMLElement;
  counter: HTMLElement;
};

/** Shows what a place holds: its picture and `spot`, which of how many it is, and the older picture if there is one. */
export function showOnStage(stage: Stage, place: HTMLElement | undefined, pictures: HTMLElement[], spot: string): void {
  const full = place?.dataset["full"] ?? "";
  stage.now.hidden = !full;
  stage.none.hidden = Boolean(full);
  const image = stage.now.querySelector<HTMLImageElement>("img");
  if (!place || !image) {
    return;
  }
  const named = place.dataset["alt"] ?? "";
  stage.counter.textContent = full ? `${pictures.indexOf(place) + 1} / ${pictures.length}` : "—";
  stage.frame.setAttribute("aria-label", named);
  stage.now.querySelector(".stage")?.setAttribute("aria-label", named);
  if (full && image.dataset["full"] !== full) {
    // The one the server put there is already loading or loaded.
    if (image.dataset["full"] !== undefined || image.getAttribute("src") !== full) {
      image.src = keptAt(full) ?? full;
    }
    image.dataset["full"] = full;
    image.alt = named;
  }
  offerOlder(stage, place.dataset["before"] ?? "");
  showSpot(stage.now.querySelector<HTMLElement>(".stage__box"), spot);
}

/** Shows the older picture beside this one, or puts it away. */
export function compareOnStage(stage: Stage, shown: boolean): void {
  stage.before.hidden = !shown;
  stage.compare.setAttribute("aria-pressed", String(shown));
}

function offerOlder(stage: Stage, before: string): void {
  stage.compare.hidden = !before;
  const old = stage.before.querySelector("img");
  if (before && old) {
    old.src = keptAt(before) ?? before;
  }
}

function showSpot(box: HTMLElement | null, spot: string): void {
  if (!box) {
    return;
  }
  box.hidden = !spot;
  if (!spot) {
    delete box.dataset["box"];
    return;
  }
  layOver(box, spot);
}
