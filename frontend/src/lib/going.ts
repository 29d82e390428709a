const GOING = "page:going";

/** Goes to another page of the service; whoever asks before the page is left doesn't ask then. */
export function goTo(address: string): void {
  window.dispatchEvent(new Event(GOING));
  window.location.assign(address);
}

/** Hears that the service itself is about to change the page. Returns what ends the hearing. */
export function onGoing(hear: () => void): () => void {
  window.addEventListener(GOING, hear);
  return () => window.removeEventListener(GOING, hear);
}
