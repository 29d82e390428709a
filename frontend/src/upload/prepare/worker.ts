/** The preparer in its own thread: answers `{ id, method, values }` by `{ id, result }` or `{ id, problem, figures }`. */
import { LocalPreparer } from "./local";
import { NoPicture, type Preparer } from "./types";

export type Method = Exclude<keyof Preparer, "close">;

export interface Call {
  id: number;
  method: Method;
  values: unknown[];
}

export interface Answer {
  id: number;
  result?: unknown;
  problem?: string;
  figures?: Record<string, string | number>;
}

const preparer = new LocalPreparer({
  decode: (file) => createImageBitmap(file),
  surface: (width, height) => new OffscreenCanvas(width, height),
  encode: (surface, type, quality) => (surface as OffscreenCanvas).convertToBlob({ type, quality }),
  drawable: (surface) => (surface as OffscreenCanvas).transferToImageBitmap(),
});

const answerTo = (answer: Answer, moved: Transferable[] = []): void => {
  (self as unknown as { postMessage(message: Answer, moved: Transferable[]): void }).postMessage(answer, moved);
};

self.onmessage = async ({ data }: MessageEvent<Call>): Promise<void> => {
  try {
    const work = preparer[data.method] as (...values: unknown[]) => Promise<unknown>;
    const result = await work.apply(preparer, data.values);
    answerTo({ id: data.id, result }, result instanceof ImageBitmap ? [result] : []);
  } catch (error) {
    const known = error instanceof NoPicture;
    answerTo({ id: data.id, problem: known ? error.problem : "failed", figures: known ? error.figures : {} });
  }
};
