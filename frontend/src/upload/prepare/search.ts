/** One try: the picture encoded with this long side (pixels) and JPEG quality (0 to 1). */
export type Encode = (side: number, quality: number) => Promise<Blob>;

export interface Fit {
  picture: Blob;
  side: number;
  quality: number;
}

/**
 * Qualities of the search. Resolution goes before quality: small print survives JPEG at GOOD, it does not survive fewer
 * pixels (docs/legibility.md). Below GOOD print begins to blur; below WORST nothing is worth sending.
 */
export const GOOD = 0.5;
export const WORST = 0.25;
const BEST = 0.92;

/** More pixels than this show nothing new of an A4 page and cost every try. */
const CEILING = 2600;
/** Bytes of a JPEG grow with the long side to about this power: larger pictures have less detail a pixel. */
const GROWTH = 1.6;
/** A fit that uses this much of the room is good enough. */
const FULL = 0.94;

/**
 * The largest picture within `limit` bytes at a good quality, its long side not under `floor` nor over `longest`; at the
 * floor quality gives way instead. Null when not even that fits.
 */
export async function bestFit(encode: Encode, longest: number, floor: number, limit: number): Promise<Fit | null> {
  const top = Math.min(longest, Math.max(CEILING, floor));
  const bottom = Math.min(floor, top);
  const large = await largestSide(encode, bottom, top, limit);
  if (large === null) {
    return bestQuality(encode, bottom, [WORST, GOOD], limit, null);
  }
  if (large.side < top || large.picture.size > limit * FULL) {
    return large;
  }
  return bestQuality(encode, large.side, [GOOD, BEST], limit, large);
}

/** Three or four tries of the size, each guessed from the one before. */
async function largestSide(encode: Encode, bottom: number, top: number, limit: number): Promise<Fit | null> {
  let best: Fit | null = null;
  let tooLarge = top + 1;
  let side = Math.min(top, Math.max(bottom, 1800));
  for (let tries = 0; tries < 5; tries += 1) {
    const picture = await encode(side, GOOD);
    if (picture.size <= limit) {
      best = { picture, side, quality: GOOD };
    } else {
      tooLarge = side;
    }
    const guess = Math.round(side * Math.pow((limit * 0.985) / picture.size, 1 / GROWTH));
    const next = Math.min(top, tooLarge - 1, Math.max(guess, best ? best.side + 1 : bottom));
    if (next < bottom || (best && (best.picture.size > limit * FULL || next <= best.side))) {
      return best;
    }
    side = next;
  }
  return best;
}

async function bestQuality(
  encode: Encode,
  side: number,
  [low, high]: [number, number],
  limit: number,
  known: Fit | null,
): Promise<Fit | null> {
  let best = known;
  for (let tries = 0; tries < 5 && (best === null || best.picture.size < limit * FULL); tries += 1) {
    // The worst quality first: without it there is no picture at all.
    const quality = best === null ? (tries === 0 ? low : (low + high) / 2) : (best.quality + high) / 2;
    const picture = await encode(side, quality);
    if (picture.size <= limit) {
      best = { picture, side, quality };
    } else if (best === null) {
      return null;
    } else {
      high = quality;
    }
  }
  return best;
}
