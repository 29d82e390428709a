import { refusalOf } from "../../lib/refusal";
import type { Entry } from "./store";

/** How one request ended. `again` is worth another try, `refused` is not, `expired` needs a new log-in first. */
export type Outcome =
  | { kind: "confirmed"; answer: string }
  | { kind: "again" }
  | { kind: "expired" }
  | { kind: "differs" }
  | { kind: "refused"; sentence: string };

/** Milliseconds without a byte moving after which a request is given up and tried again. */
const STALLED = 45_000;
const WORTH_REPEATING = [0, 408, 425, 429, 500, 502, 503, 504];
const EXPIRED = [401, 403];

export interface Sending {
  outcome: Promise<Outcome>;
  abort(): void;
}

/** One request with one picture; `progress` hears the share that left this device, 0 to 1. */
export function send(entry: Entry, token: string, progress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const outcome = new Promise<Outcome>((resolve) => {
    let stalled = 0;
    const moved = (): void => {
      window.clearTimeout(stalled);
      stalled = window.setTimeout(() => request.abort(), STALLED);
    };
    request.upload.addEventListener("progress", (step) => {
      moved();
      if (step.lengthComputable) {
        progress(step.loaded / step.total);
      }
    });
    request.upload.addEventListener("load", moved);
    request.addEventListener("loadend", () => {
      window.clearTimeout(stalled);
      resolve(outcomeOf(request, entry));
    });
    request.open("POST", entry.action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Idempotency-Key", entry.key);
    request.setRequestHeader("X-CSRFToken", token);
    moved();
    request.send(formOf(entry));
  });
  return { outcome, abort: () => request.abort() };
}

function formOf(entry: Entry): FormData {
  const form = new FormData();
  const extension = entry.type === "image/png" ? "png" : "jpg";
  form.append("picture", new Blob([entry.data], { type: entry.type }), `picture.${extension}`);
  return form;
}

function outcomeOf(request: XMLHttpRequest, entry: Entry): Outcome {
  if (request.status >= 200 && request.status < 300) {
    const received = request.getResponseHeader("X-Received-Digest");
    if (received === null) {
      // A page in between (a gateway's, a café's log-in) answered, not the service.
      return { kind: "again" };
    }
    return isSame(received, entry.digest) ? { kind: "confirmed", answer: request.responseText } : { kind: "differs" };
  }
  if (WORTH_REPEATING.includes(request.status)) {
    return { kind: "again" };
  }
  return EXPIRED.includes(request.status) ? { kind: "expired" } : { kind: "refused", sentence: refusalOf(request) };
}

/** An installation may use another digest than the browser knows; then there is nothing to compare. */
function isSame(received: string, own: string): boolean {
  return own === "" || received.split(":")[0] !== own.split(":")[0] || received === own;
}
