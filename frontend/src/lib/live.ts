import { uppermost } from "./modal";

const STAYS = 1200;
const MOST_WAITING = 3;
const waiting: string[] = [];
let speaking = 0;

/**
 * Says a sentence to screen readers through the page's one live region. Each stays long enough to be heard: one that
 * follows at once waits, and of many only the newest do.
 */
export function announce(sentence: string): void {
  if (!sentence) {
    return;
  }
  waiting.push(sentence);
  waiting.splice(0, Math.max(0, waiting.length - MOST_WAITING));
  if (!speaking) {
    sayNext();
  }
}

function sayNext(): void {
  const sentence = waiting.shift();
  const region = document.getElementById("live");
  speaking = 0;
  if (sentence === undefined || !region) {
    return;
  }
  region.textContent = "";
  // A region that is emptied and filled in one turn is not read again when the words are the same.
  window.setTimeout(() => {
    region.textContent = sentence;
  }, 60);
  speaking = window.setTimeout(sayNext, STAYS);
}

/** Shows a sentence at the foot of the page until it is closed; used when a request in the background failed. */
export function showTrouble(sentence: string): void {
  const place = document.getElementById("trouble");
  const words = place?.querySelector<HTMLElement>("[data-trouble-words]");
  if (!place || !words) {
    return;
  }
  uppermost().append(place);
  words.textContent = sentence;
  place.hidden = false;
  announce(sentence);
}
