/** The door of this folder: a preparer in a worker, or in the page where the browser lacks what a worker needs. */
import { LocalPreparer } from "./local";
import { NoPicture, type Drawable, type Edits, type Limits, type Opened, type Prepared, type Preparer, type Problem, type Region, type Turn } from "./types";
import type { Answer, Call, Method } from "./worker";

export function newPreparer(): Preparer {
  return workersDraw() ? new RemotePreparer() : pagePreparer();
}

/** iOS before 16.4 has no OffscreenCanvas. */
function workersDraw(): boolean {
  return typeof OffscreenCanvas !== "undefined" && "convertToBlob" in OffscreenCanvas.prototype && typeof createImageBitmap === "function";
}

/** Safari decodes HEIC in an image element even where it refuses it elsewhere. */
function pagePreparer(): Preparer {
  return new LocalPreparer({
    decode: decodedByElement,
    surface: (width, height) => Object.assign(document.createElement("canvas"), { width, height }),
    encode: (surface, type, quality) =>
      new Promise((resolve, reject) => {
        (surface as HTMLCanvasElement).toBlob((blob) => (blob ? resolve(blob) : reject(new Error("not encoded"))), type, quality);
      }),
    drawable: (surface) => surface as HTMLCanvasElement,
  });
}

function decodedByElement(file: Blob): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    const address = URL.createObjectURL(file);
    image.onload = () => {
      URL.revokeObjectURL(address);
      resolve(image);
    };
    image.onerror = () => {
      URL.revokeObjectURL(address);
      reject(new Error("not decoded"));
    };
    image.src = address;
  });
}

/** What the page does itself when the worker can't: it is gone (its script didn't arrive, no memory), or has no decoder. */
const LEFT_TO_THE_PAGE: readonly Problem[] = ["heic", "failed"];

class RemotePreparer implements Preparer {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>();
  private calls = 0;
  private isGone = false;
  private file: Blob | null = null;
  /** Holds the file once the worker has failed with it. */
  private page: Preparer | null = null;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => this.answered(data);
    this.worker.onerror = () => this.failed();
  }

  async open(file: Blob): Promise<Opened> {
    this.page?.close();
    this.page = null;
    this.file = file;
    try {
      return await this.ask<Opened>("open", file);
    } catch (error) {
      return (await this.inPage(file, error)).opened;
    }
  }

  prepare(edits: Edits, limits: Limits): Promise<Prepared> {
    return this.done("prepare", edits, limits);
  }

  overview(turn: Turn, side: number): Promise<Blob> {
    return this.done("overview", turn, side);
  }

  detail(edits: Edits, region: Region, width: number, height: number): Promise<Drawable> {
    return this.done("detail", edits, region, width, height);
  }

  close(): void {
    this.page?.close();
    this.worker.terminate();
    this.failed();
  }

  private async done<Result>(method: Exclude<Method, "open">, ...values: unknown[]): Promise<Result> {
    let page = this.page;
    if (page === null) {
      const file = this.file;
      try {
        return await this.ask<Result>(method, ...values);
      } catch (error) {
        if (file === null || file !== this.file) {
          throw error;
        }
        page = (await this.inPage(file, error)).page;
      }
    }
    const work = page[method] as (...values: unknown[]) => Promise<unknown>;
    return work.apply(page, values) as Promise<Result>;
  }

  /** Opens the file in the page instead, unless the worker's error is about the file itself. */
  private async inPage(file: Blob, error: unknown): Promise<{ page: Preparer; opened: Opened }> {
    if (error instanceof NoPicture && !LEFT_TO_THE_PAGE.includes(error.problem)) {
      throw error;
    }
    const page = pagePreparer();
    this.page = page;
    return { page, opened: await page.open(file) };
  }

  private ask<Result>(method: Method, ...values: unknown[]): Promise<Result> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.isGone) {
        reject(new Error("the worker is gone"));
        return;
      }
      this.calls += 1;
      this.waiting.set(this.calls, { resolve, reject });
      const call: Call = { id: this.calls, method, values };
      this.worker.postMessage(call);
    }) as Promise<Result>;
  }

  private answered({ id, result, problem, figures }: Answer): void {
    const caller = this.waiting.get(id);
    this.waiting.delete(id);
    if (problem === undefined) {
      caller?.resolve(result);
    } else {
      caller?.reject(new NoPicture(problem as Problem, figures));
    }
  }

  private failed(): void {
    this.isGone = true;
    this.waiting.forEach(({ reject }) => reject(new Error("the worker is gone")));
    this.waiting.clear();
  }
}
