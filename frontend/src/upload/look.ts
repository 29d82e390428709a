import type { Drawable, Region } from "./prepare/types";

export interface Glass {
  image: HTMLImageElement;
  lens: HTMLElement;
  before: HTMLCanvasElement;
  after: HTMLCanvasElement;
}

export type Detail = (region: Region, width: number, height: number) => Promise<Drawable>;

/** Share of the picture an arrow key moves the loupe by. */
const STEP = 0.04;

/**
 * The loupe: a frame on the small picture, and below it the same spot of the original and of the picture that will be
 * sent, one pixel of the latter to one of the page. Moved by finger, mouse or arrow keys.
 */
export class Look {
  private x = 0.5;
  private y = 0.5;
  private held = false;
  private asking = false;
  private askAgain = false;

  constructor(
    private readonly glass: Glass,
    private readonly detail: Detail,
  ) {
    const { image, lens } = glass;
    lens.hidden = false;
    image.addEventListener("pointerdown", this.press);
    lens.addEventListener("pointerdown", this.press);
    window.addEventListener("pointermove", this.drag);
    window.addEventListener("pointerup", this.release);
    window.addEventListener("pointercancel", this.release);
    lens.addEventListener("keydown", this.key);
    window.addEventListener("resize", this.draw);
    image.addEventListener("load", this.draw);
    this.draw();
  }

  close(): void {
    const { image, lens } = this.glass;
    lens.hidden = true;
    image.removeEventListener("pointerdown", this.press);
    lens.removeEventListener("pointerdown", this.press);
    window.removeEventListener("pointermove", this.drag);
    window.removeEventListener("pointerup", this.release);
    window.removeEventListener("pointercancel", this.release);
    lens.removeEventListener("keydown", this.key);
    window.removeEventListener("resize", this.draw);
    image.removeEventListener("load", this.draw);
  }

  private readonly press = (event: PointerEvent): void => {
    event.preventDefault();
    this.held = true;
    this.drag(event);
    this.glass.lens.focus();
  };

  private readonly drag = (event: PointerEvent): void => {
    if (!this.held) {
      return;
    }
    const box = this.glass.image.getBoundingClientRect();
    this.moveTo((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };

  private readonly release = (): void => {
    this.held = false;
  };

  private readonly key = (event: KeyboardEvent): void => {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      this.moveTo(this.x + step[0] * STEP, this.y + step[1] * STEP);
    }
  };

  private moveTo(x: number, y: number): void {
    this.x = x;
    this.y = y;
    this.draw();
  }

  private readonly draw = (): void => {
    const { image, lens, before, after } = this.glass;
    if (!image.naturalWidth || !after.clientWidth) {
      return;
    }
    const region = this.region(after.clientWidth / image.naturalWidth, after.clientHeight / image.naturalHeight);
    Object.assign(lens.style, {
      left: `${image.offsetLeft + region.left * image.offsetWidth}px`,
      top: `${image.offsetTop + region.top * image.offsetHeight}px`,
      width: `${region.width * image.offsetWidth}px`,
      height: `${region.height * image.offsetHeight}px`,
    });
    const pen = penFor(after);
    pen.drawImage(
      image,
      region.left * image.naturalWidth,
      region.top * image.naturalHeight,
      region.width * image.naturalWidth,
      region.height * image.naturalHeight,
      0,
      0,
      after.width * Math.min(1, (region.width * image.naturalWidth) / after.clientWidth),
      after.height * Math.min(1, (region.height * image.naturalHeight) / after.clientHeight),
    );
    void this.drawBefore(before, region, image);
  };

  /** The spot around the middle of the loupe, kept inside the picture. */
  private region(width: number, height: number): Region {
    const w = Math.min(1, width);
    const h = Math.min(1, height);
    const left = Math.min(1 - w, Math.max(0, this.x - w / 2));
    const top = Math.min(1 - h, Math.max(0, this.y - h / 2));
    this.x = left + w / 2;
    this.y = top + h / 2;
    return { left, top, width: w, height: h };
  }

  /** The original's spot comes from the preparer; while one is asked for, only the newest other one is kept. */
  private async drawBefore(canvas: HTMLCanvasElement, region: Region, image: HTMLImageElement): Promise<void> {
    if (this.asking) {
      this.askAgain = true;
      return;
    }
    this.asking = true;
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(Math.min(canvas.clientWidth, region.width * image.naturalWidth) * scale);
    const height = Math.round(Math.min(canvas.clientHeight, region.height * image.naturalHeight) * scale);
    try {
      const drawn = await this.detail(region, width, height);
      penFor(canvas).drawImage(drawn, 0, 0);
    } finally {
      this.asking = false;
    }
    if (this.askAgain) {
      this.askAgain = false;
      this.draw();
    }
  }
}

/** A pen on a canvas with as many pixels as the screen shows there. */
function penFor(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * scale);
  canvas.height = Math.round(canvas.clientHeight * scale);
  const pen = canvas.getContext("2d");
  if (pen === null) {
    throw new Error("no drawing surface");
  }
  pen.imageSmoothingQuality = "high";
  return pen;
}
