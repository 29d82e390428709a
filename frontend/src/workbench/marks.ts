import { ask } from "../lib/asking";
import { inLine, nothingBehind } from "../lib/work_line";

const ADDRESSING = ["csrfmiddlewaretoken", "revision", "kind", "position"];

/** A mark as a panel carries it: its fields without those that say where it belongs. */
export function givenBy(data: FormData): string {
  const fields: Record<string, string> = {};
  data.forEach((value, name) => {
    if (ADDRESSING.indexOf(name) < 0) {
      fields[name] = String(value);
    }
  });
  return JSON.stringify(fields);
}

/** The fields of a mark as a panel carried it; none where there was no mark. */
export function fieldsOf(given: string): Record<string, string> {
  return given ? (JSON.parse(given) as Record<string, string>) : {};
}

type Mark = { address: string; data: FormData };

let waiting: Mark[] = [];

/**
 * Marks go to the server one behind the other, while the reviewer is at the next picture already. `show` gets the changed
 * parts of the page within the line, for the last mark of a row only: others are old at once.
 */
export function sendMark(address: string, data: FormData, show: (parts: string) => void): Promise<void> {
  const mark = { address, data };
  waiting.push(mark);
  return inLine(async () => {
    waiting = waiting.filter((one) => one !== mark);
    const parts = await ask(address, data, { keepalive: true });
    if (nothingBehind()) {
      show(parts);
    }
  });
}

/** The page is left while marks still wait for the one before them: they go out all the same, before what rests on them. */
export function sendMarksWithThePage(): void {
  waiting.forEach((mark) => window.navigator.sendBeacon(mark.address, mark.data));
  waiting = [];
}

window.addEventListener("pagehide", sendMarksWithThePage);
