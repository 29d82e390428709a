/**
 * Full pictures are never kept by the browser (no-store): those of the open and of the next dossier are kept here, as
 * blobs, until their dossier leaves the screen.
 */
const kept = new Map<string, string>();
const coming = new Map<string, Promise<void>>();

export function keptAt(address: string): string | undefined {
  return kept.get(address);
}

/** Loads pictures that aren't here yet, a few at a time, in the order given. */
export async function keep(addresses: string[]): Promise<void> {
  const left = addresses.slice();
  const worker = async (): Promise<void> => {
    for (let address = left.shift(); address !== undefined; address = left.shift()) {
      await one(address);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
}

export function forget(addresses: string[]): void {
  addresses.forEach((address) => {
    const blob = kept.get(address);
    if (blob) {
      URL.revokeObjectURL(blob);
      kept.delete(address);
    }
  });
}

function one(address: string): Promise<void> {
  if (kept.has(address)) {
    return Promise.resolve();
  }
  const running = coming.get(address) ?? load(address).then(() => undefined);
  coming.set(address, running);
  return running.then(() => {
    coming.delete(address);
  });
}

async function load(address: string): Promise<void> {
  try {
    const answer = await fetch(address, { headers: { "X-Background": "1" }, credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      const blob = URL.createObjectURL(await answer.blob());
      kept.set(address, blob);
      await decoded(blob);
    }
  } catch {
    // It will be asked for again when it is needed.
  }
}

function decoded(blob: string): Promise<void> {
  const picture = new Image();
  picture.src = blob;
  return typeof picture.decode === "function" ? picture.decode() : Promise.resolve();
}
