/** A part of the scripts that is fetched when it is needed did not arrive. */
export class NotLoaded extends Error {}

/** Waits for such a part: `await arrived(import("…"))`. Throws NotLoaded. */
export async function arrived<Part>(part: Promise<Part>): Promise<Part> {
  try {
    return await part;
  } catch {
    throw new NotLoaded();
  }
}
