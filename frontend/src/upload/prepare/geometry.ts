import type { Region, Turn } from "./types";

export interface Size {
  width: number;
  height: number;
}

/** How stored pixels become the upright picture: mirrored left to right first, then turned clockwise. */
export interface Stance {
  mirrored: boolean;
  turn: Turn;
}

const STANCES: Record<number, Stance> = {
  1: { mirrored: false, turn: 0 },
  2: { mirrored: true, turn: 0 },
  3: { mirrored: false, turn: 180 },
  4: { mirrored: true, turn: 180 },
  5: { mirrored: true, turn: 270 },
  6: { mirrored: false, turn: 90 },
  7: { mirrored: true, turn: 90 },
  8: { mirrored: false, turn: 270 },
};

/** The stance of an EXIF orientation with a person's quarter turns on top. */
export function stanceOf(orientation: number, turn: Turn): Stance {
  const exif = STANCES[orientation] ?? { mirrored: false, turn: 0 };
  return { mirrored: exif.mirrored, turn: ((exif.turn + turn) % 360) as Turn };
}

export function turnedSize(size: Size, stance: Stance): Size {
  return stance.turn % 180 === 0 ? size : { width: size.height, height: size.width };
}

/** The six numbers of a canvas transform from stored pixels to the upright picture. */
export function matrixOf(stored: Size, stance: Stance): [number, number, number, number, number, number] {
  const { width, height } = stored;
  const flip = stance.mirrored ? -1 : 1;
  const shift = stance.mirrored ? width : 0;
  switch (stance.turn) {
    case 0:
      return [flip, 0, 0, 1, shift, 0];
    case 90:
      return [0, flip, -1, 0, height, shift];
    case 180:
      return [-flip, 0, 0, -1, width - shift, height];
    case 270:
      return [0, -flip, 1, 0, 0, width - shift];
  }
}

/** A region of a region, both in fractions. */
export function inside(outer: Region | null, inner: Region): Region {
  if (outer === null) {
    return inner;
  }
  return {
    left: outer.left + inner.left * outer.width,
    top: outer.top + inner.top * outer.height,
    width: inner.width * outer.width,
    height: inner.height * outer.height,
  };
}

export function longSide(size: Size): number {
  return Math.max(size.width, size.height);
}

/** The size with this long side, never larger than the picture itself, in whole pixels. */
export function scaledTo(size: Size, side: number): Size {
  const share = Math.min(1, side / longSide(size));
  return { width: Math.max(1, Math.round(size.width * share)), height: Math.max(1, Math.round(size.height * share)) };
}
