/** A drawing surface in a worker or in the page. */
export type Surface = OffscreenCanvas | HTMLCanvasElement;
export type Pen = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;

/** Everything the work needs of its surroundings; the worker and the page each bring their own. */
export interface Studio {
  decode(file: Blob): Promise<CanvasImageSource & { width: number; height: number }>;
  surface(width: number, height: number): Surface;
  encode(surface: Surface, type: string, quality: number): Promise<Blob>;
  /** Something that can be handed to the page and drawn there. */
  drawable(surface: Surface): ImageBitmap | HTMLCanvasElement;
}

export function penOf(surface: Surface): Pen {
  const pen = surface.getContext("2d", { alpha: false }) as Pen | null;
  if (pen === null) {
    throw new Error("no drawing surface");
  }
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  return pen;
}

/** Takes the colour out of every pixel; the weights are those of JPEG's own brightness. */
export function makeGrey(pen: Pen, width: number, height: number): void {
  const image = pen.getImageData(0, 0, width, height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const grey = (data[at]! * 77 + data[at + 1]! * 150 + data[at + 2]! * 29) >> 8;
    data[at] = data[at + 1] = data[at + 2] = grey;
  }
  pen.putImageData(image, 0, 0);
}
