import { ask } from "./asking";
import { showTrouble } from "./live";
import { fill } from "./words";

/** An act whose answer no page has read: where to ask for it, and what its button said. */
export type Unsent = { question: string; act: string; at: number };

const PLACE = "kaosheng-unsent";
const ASKED = 6;
const EVERY = 1500;
const KEPT = 24 * 60 * 60 * 1000;
const told: string[] = [];

/** A page that is left can't wait for an answer: what it sent last is remembered, and the next page asks for it. */
export function remember(one: Unsent): void {
  write([...all().filter((other) => other.question !== one.question), one]);
}

/** Its answer was read, or nothing of it is owed any more. */
export function settle(question: string): void {
  write(all().filter((other) => other.question !== question));
}

/** Says on this page what didn't arrive from the one before. It may still be under way: only the last answer counts. */
export function tellUnsent(): void {
  all().forEach((one) => void look(one, ASKED));
}

async function look(one: Unsent, times: number): Promise<void> {
  let said: string;
  try {
    said = await ask(one.question, null, { background: true });
  } catch {
    return; // Nobody is logged in, or the network is away: the next page asks again.
  }
  if (said && times > 1) {
    window.setTimeout(() => void look(one, times - 1), EVERY);
    return;
  }
  settle(one.question);
  if (said) {
    told.push(fill(said, { act: one.act }));
    showTrouble(told.join(" "));
  }
}

function all(): Unsent[] {
  try {
    const kept = JSON.parse(window.localStorage.getItem(PLACE) ?? "[]") as Unsent[];
    return kept.filter((one) => one.at > Date.now() - KEPT);
  } catch {
    return [];
  }
}

function write(kept: Unsent[]): void {
  try {
    if (kept.length > 0) {
      window.localStorage.setItem(PLACE, JSON.stringify(kept));
    } else {
      window.localStorage.removeItem(PLACE);
    }
  } catch {
    // Without a place to keep it the act goes out all the same.
  }
}
