/** Says a sentence to screen readers through the page's one live region. */
export function announce(sentence: string): void {
  const region = document.getElementById("live");
  if (!region || !sentence) {
    return;
  }
  region.textContent = "";
  // A region that is emptied and filled in one turn is not read again when the words are the same.
  window.setTimeout(() => {
    region.textContent = sentence;
  }, 60);
}

/** Shows a sentence at the foot of the page until it is closed; used when a request in the background failed. */
export function showTrouble(sentence: string): void {
  const place = document.getElementById("trouble");
  const words = place?.querySelector<HTMLElement>("[data-trouble-words]");
  if (!place || !words) {
    return;
  }
  // Behind an open dialog it could be neither seen nor pressed.
  (document.querySelector("dialog[open]") ?? document.body).append(place);
  words.textContent = sentence;
  place.hidden = false;
  announce(sentence);
}
