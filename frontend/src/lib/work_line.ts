/** Requests that change something go out one after the other, in the order of the keys that asked for them. */
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;
let refused = 0;

export function inLine<T>(task: () => Promise<T>): Promise<T> {
  waiting += 1;
  const mine = last.then(task, task);
  last = mine.then(settle, () => {
    refused += 1;
    settle();
  });
  return mine;
}

function settle(): void {
  waiting -= 1;
}

/** True while something is still on its way. */
export function busy(): boolean {
  return waiting > 0;
}

/** True for the answer that arrives last: only it shows how things are now. */
export function nothingBehind(): boolean {
  return waiting <= 1;
}

/** Waits until nothing is on its way. True when nothing of it was refused. */
export async function idle(): Promise<boolean> {
  const before = refused;
  while (busy()) {
    await last;
  }
  return refused === before;
}
