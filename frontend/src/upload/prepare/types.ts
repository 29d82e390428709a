/** What the server allows for one picture of a kind; the numbers come from the page. */
export interface Limits {
  /** Bytes the server accepts at most. */
  accepted: number;
  /** Bytes a picture is shrunk to. */
  aim: number;
  /** Pixels the long side keeps at least. */
  floor: number;
  sideMin: number;
  sideMax: number;
  /** Whether colour is given up for the text. */
  grey: boolean;
}

/** A rectangle in fractions of a picture's sides. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Turn = 0 | 90 | 180 | 270;

/** What the person asked for: quarter turns clockwise first, then a cut out of the turned picture. */
export interface Edits {
  turn: Turn;
  crop: Region | null;
}

/** A chosen file as it was opened: its sides are those of the upright picture. */
export interface Opened {
  format: Format;
  width: number;
  height: number;
  bytes: number;
}

export type Format = "jpeg" | "png" | "webp" | "bmp" | "heic";

/** small: too few pixels to begin with · busy: within the limit only at a quality that blurs small print. */
export type Verdict = "legible" | "small" | "busy";

export interface Prepared {
  picture: Blob;
  width: number;
  height: number;
  /** Whether it is the file itself, unchanged. */
  kept: boolean;
  verdict: Verdict;
}

/** Why a file becomes no picture. `found` is its real format where that is the reason; `failed` is no fault of the file. */
export type Problem = "empty" | "type" | "damaged" | "heic" | "huge" | "sides" | "impossible" | "failed";

export class NoPicture extends Error {
  constructor(
    readonly problem: Problem,
    readonly figures: Record<string, string | number> = {},
  ) {
    super(problem);
  }
}

/** Opens one file at a time and makes pictures of it; in a worker where the browser can, else between two frames. */
export interface Preparer {
  open(file: Blob): Promise<Opened>;
  prepare(edits: Edits, limits: Limits): Promise<Prepared>;
  /** The upright picture turned but not cut, as JPEG with a long side of at most `side` pixels. */
  overview(turn: Turn, side: number): Promise<Blob>;
  /** A part of the edited picture out of the original's own pixels, drawn into `width` × `height`. */
  detail(edits: Edits, region: Region, width: number, height: number): Promise<Drawable>;
  close(): void;
}

export type Drawable = ImageBitmap | HTMLCanvasElement;
