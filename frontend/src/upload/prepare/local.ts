import { makeGrey, penOf, type Pen, type Studio, type Surface } from "./canvas";
import { inside, longSide, matrixOf, scaledTo, stanceOf, turnedSize, type Size } from "./geometry";
import { readJpeg, withoutOrientation } from "./jpeg";
import { bestFit, GOOD } from "./search";
import { formatOf } from "./sniff";
import { NoPicture, type Drawable, type Edits, type Limits, type Opened, type Prepared, type Preparer, type Region, type Turn, type Verdict } from "./types";

const WHOLE: Region = { left: 0, top: 0, width: 1, height: 1 };
/** A decoded picture takes four bytes a pixel; beyond this a telephone's page is simply closed by its system. */
const MOST_PIXELS = 110_000_000;
/** PNG is tried where it can pay: drawings and text, never more pixels than the server decodes of a PNG. */
const MOST_PNG_PIXELS = 12_000_000;

interface Source {
  file: Blob;
  opened: Opened;
  image: CanvasImageSource & Size;
  orientation: number;
}

/** Opens a file and makes the accepted picture of it, wherever its studio stands. */
export class LocalPreparer implements Preparer {
  private source: Source | null = null;

  constructor(private readonly studio: Studio) {}

  async open(file: Blob): Promise<Opened> {
    this.close();
    const bytes = new Uint8Array(await new Response(file).arrayBuffer());
    const format = formatOf(bytes);
    let orientation = 1;
    let upright: Blob = file;
    if (format === "jpeg") {
      const head = readJpeg(bytes);
      refuseHuge(head);
      orientation = head.orientation;
      if (orientation !== 1) {
        upright = new Blob([withoutOrientation(bytes, head) as Uint8Array<ArrayBuffer>], { type: "image/jpeg" });
      }
    } else if (format === "png") {
      refuseHuge(pngSize(bytes));
    }
    const image = await this.decoded(upright, format);
    const size = turnedSize(image, stanceOf(orientation, 0));
    const opened = { format, width: size.width, height: size.height, bytes: file.size };
    this.source = { file, opened, image, orientation };
    return opened;
  }

  async prepare(edits: Edits, limits: Limits): Promise<Prepared> {
    const source = this.opened();
    if (isAcceptedAsItIs(source, edits, limits)) {
      const { width, height } = source.opened;
      return { picture: source.file, width, height, kept: true, verdict: verdictOf(source.opened, GOOD, limits) };
    }
    const size = this.sizeOf(edits);
    if (smallestSide(size, limits) > Math.min(longSide(size), limits.sideMax)) {
      throw new NoPicture("sides", { width: size.width, height: size.height, minimum: limits.sideMin });
    }
    const png = source.opened.format === "png" ? await this.asPng(edits, size, limits) : null;
    if (png !== null) {
      return { picture: png, ...size, kept: false, verdict: verdictOf(size, GOOD, limits) };
    }
    return this.asJpeg(edits, size, limits);
  }

  async overview(turn: Turn, side: number): Promise<Blob> {
    const edits: Edits = { turn, crop: null };
    const size = scaledTo(this.sizeOf(edits), side);
    return this.studio.encode(this.drawn(edits, WHOLE, size, false), "image/jpeg", 0.85);
  }

  async detail(edits: Edits, region: Region, width: number, height: number): Promise<Drawable> {
    return this.studio.drawable(this.drawn(edits, region, { width, height }, false));
  }

  close(): void {
    const image = this.source?.image;
    if (image && "close" in image) {
      image.close();
    }
    this.source = null;
  }

  private opened(): Source {
    if (this.source === null) {
      throw new Error("no file is open");
    }
    return this.source;
  }

  private async decoded(file: Blob, format: string): Promise<CanvasImageSource & Size> {
    try {
      return await this.studio.decode(file);
    } catch {
      throw new NoPicture(format === "heic" ? "heic" : "damaged");
    }
  }

  /** Sides of the edited picture in the original's pixels. */
  private sizeOf(edits: Edits): Size {
    const { image, orientation } = this.opened();
    const whole = turnedSize(image, stanceOf(orientation, edits.turn));
    const crop = edits.crop ?? WHOLE;
    return {
      width: Math.max(1, Math.round(whole.width * crop.width)),
      height: Math.max(1, Math.round(whole.height * crop.height)),
    };
  }

  private async asPng(edits: Edits, size: Size, limits: Limits): Promise<Blob | null> {
    if (size.width * size.height > MOST_PNG_PIXELS || longSide(size) > limits.sideMax) {
      return null;
    }
    const png = await this.studio.encode(this.drawn(edits, WHOLE, size, limits.grey), "image/png", 1);
    return png.size <= limits.aim ? png : null;
  }

  private async asJpeg(edits: Edits, size: Size, limits: Limits): Promise<Prepared> {
    const encode = async (side: number, quality: number): Promise<Blob> => {
      await nextTurn();
      const surface = this.drawn(edits, WHOLE, scaledTo(size, side), limits.grey);
      return this.studio.encode(surface, "image/jpeg", quality);
    };
    const longest = Math.min(longSide(size), limits.sideMax);
    const floor = Math.max(limits.floor, smallestSide(size, limits));
    const fit = await bestFit(encode, longest, floor, limits.aim);
    if (fit === null) {
      throw new NoPicture("impossible", { limit: limits.accepted });
    }
    const verdict = verdictOf(size, fit.quality, limits);
    return { picture: fit.picture, ...scaledTo(size, fit.side), kept: false, verdict };
  }

  private drawn(edits: Edits, region: Region, target: Size, grey: boolean): Surface {
    const surface = this.studio.surface(target.width, target.height);
    const pen = penOf(surface);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, target.width, target.height);
    this.draw(pen, inside(edits.crop, region), edits.turn, target);
    if (grey) {
      pen.setTransform(1, 0, 0, 1, 0, 0);
      makeGrey(pen, target.width, target.height);
    }
    return surface;
  }

  private draw(pen: Pen, region: Region, turn: Turn, target: Size): void {
    const { image, orientation } = this.opened();
    const stance = stanceOf(orientation, turn);
    const whole = turnedSize(image, stance);
    const across = target.width / (whole.width * region.width);
    const down = target.height / (whole.height * region.height);
    pen.setTransform(across, 0, 0, down, -region.left * whole.width * across, -region.top * whole.height * down);
    pen.transform(...matrixOf(image, stance));
    pen.drawImage(image, 0, 0);
  }
}

/** A file the server would accept, upright and without any wish of the person's, goes out as it is. */
function isAcceptedAsItIs({ file, opened, orientation }: Source, edits: Edits, limits: Limits): boolean {
  const { format, width, height } = opened;
  return (
    (format === "jpeg" || format === "png") &&
    orientation === 1 &&
    edits.turn === 0 &&
    edits.crop === null &&
    file.size <= limits.accepted &&
    Math.min(width, height) >= limits.sideMin &&
    longSide(opened) <= limits.sideMax &&
    (format === "jpeg" || width * height <= MOST_PNG_PIXELS)
  );
}

/** The long side below which the other one would be shorter than a picture's sides may be. */
function smallestSide(size: Size, limits: Limits): number {
  return Math.ceil((limits.sideMin * longSide(size)) / Math.min(size.width, size.height));
}

function verdictOf(original: Size, quality: number, limits: Limits): Verdict {
  if (longSide(original) < limits.floor) {
    return "small";
  }
  return quality < GOOD ? "busy" : "legible";
}

function refuseHuge({ width, height }: Size): void {
  if (width * height > MOST_PIXELS) {
    throw new NoPicture("huge", { width, height });
  }
}

function pngSize(bytes: Uint8Array): Size {
  if (bytes.length < 33) {
    throw new NoPicture("damaged");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Lets the page, when the work happens in it, draw and answer between two tries. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
