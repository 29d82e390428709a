import { refusalOf } from "../../lib/refusal";
import { fileName } from "../file_name";
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
/** The same once all has left the browser: on a slow line much still lies in buffers, and the proxy waits this long for it. */
const UNANSWERED = 120_000;
const WORTH_REPEATING = [0, 408, 425, 429, 500, 502, 503, 504];

export interface Sending {
  outcome: Promise<Outcome>;
  abort(): void;
}

/** One request with one picture; `progress` hears the share that left this device, 0 to 1. */
export function send(entry: Entry, token: string, progress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const outcome = new Promise<Outcome>((resolve) => {
    let stalled = 0;
    const wait = (most: number): void => {
      window.clearTimeout(stalled);
      stalled = window.setTimeout(() => request.abort(), most);
    };
    request.upload.addEventListener("progress", (step) => {
      wait(STALLED);
      if (step.lengthComputable) {
        progress(step.loaded / step.total);
      }
    });
    request.upload.addEventListener("load", () => wait(UNANSWERED));
    request.addEventListener("loadend", () => {
      window.clearTimeout(stalled);
      resolve(outcomeOf(request, entry));
    });
    request.open("POST", entry.action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Idempotency-Key", entry.key);
    request.setRequestHeader("X-CSRFToken", token);
    wait(STALLED);
    request.send(formOf(entry));
  });
  return { outcome, abort: () => request.abort() };
}

function formOf(entry: Entry): FormData {
  const form = new FormData();
  form.append("picture", new Blob([entry.data], { type: entry.type }), fileName(entry.type));
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
  return needsLogIn(request) ? { kind: "expired" } : { kind: "refused", sentence: refusalOf(request) };
}

/** Other things are forbidden too: to a phone, for example, whose ten minutes are over. */
function needsLogIn(request: XMLHttpRequest): boolean {
  return request.status === 401 || request.getResponseHeader("X-Refusal-Code") === "login_needed";
}

/** An installation may use another digest than the browser knows; then there is nothing to compare. */
function isSame(received: string, own: string): boolean {
  return own === "" || received.split(":")[0] !== own.split(":")[0] || received === own;
}
