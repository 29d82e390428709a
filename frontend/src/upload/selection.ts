import { arrived } from "../lib/part";
import type { Limits, Prepared, Preparer, Region, Turn } from "./prepare/types";

/** A chosen file with what was done to it. */
export interface Chosen {
  file: File;
  turn: Turn;
  crop: Region | null;
  sides: { width: number; height: number };
  prepared: Prepared | null;
  /** Counts what was asked for, so that an answer to an earlier wish is dropped. */
  wish: number;
  /** The sentence that says why no picture came of it. */
  problem: string;
  address: string;
}

/** Who shows the selection: what it asks of the form, and what it tells it. */
export interface Shown {
  readonly limits: Limits;
  sentenceOf(error: unknown, file: File): string;
  changed(one: Chosen): void;
  /** What was asked for besides the picture itself (a cut, a look) failed. */
  broke(error: unknown): void;
}

/** The files a person chose for one place, and the pictures made of them, one after another. */
export class Selection {
  chosen: Chosen[] = [];
  at = 0;
  private preparer: Promise<Preparer> | null = null;
  private open: Chosen | null = null;
  /** One piece of work after another: there is one preparer, and it holds one picture. */
  private work: Promise<void> = Promise.resolve();

  constructor(private readonly shown: Shown) {
    // Loaded while the person looks for the photograph; what doesn't come now is asked for again then.
    this.loaded().catch(() => undefined);
  }

  get current(): Chosen | undefined {
    return this.chosen[this.at];
  }

  take(files: File[]): void {
    this.chosen = files.map(newChosen);
    this.at = 0;
    this.chosen.forEach((one) => this.prepare(one));
  }

  turn(one: Chosen, by: number): void {
    one.turn = ((one.turn + by) % 360) as Turn;
    one.crop = turnedRegion(one.crop, by);
    this.prepare(one);
  }

  cut(one: Chosen, region: Region | null): void {
    one.crop = region;
    this.prepare(one);
  }

  forget(): void {
    this.chosen.forEach(({ address }) => address && URL.revokeObjectURL(address));
    this.chosen = [];
    this.open = null;
  }

  close(): void {
    this.preparer?.then((preparer) => preparer.close()).catch(() => undefined);
  }

  /** Does something with the preparer, after whatever is under way. */
  then(step: () => Promise<void>): void {
    this.work = this.work.then(step).catch((error: unknown) => this.shown.broke(error));
  }

  /**
   * The same with the picture in front. `isStill` tells whether it is that still, and prepared as it was: the person goes
   * on while parts of the scripts are loaded.
   */
  thenWithCurrent(step: (one: Chosen, isStill: () => boolean) => Promise<void>): void {
    const one = this.current;
    this.then(async () => {
      const prepared = one?.prepared;
      const isStill = (): boolean => one === this.current && one?.prepared === prepared;
      if (one && prepared && isStill()) {
        await step(one, isStill);
      }
    });
  }

  /** The preparer, holding this file. Throws NotLoaded, NoPicture. */
  async opened(one: Chosen): Promise<Preparer> {
    const preparer = await this.loaded();
    if (this.open !== one) {
      this.open = null;
      one.sides = await preparer.open(one.file);
      this.open = one;
    }
    return preparer;
  }

  private loaded(): Promise<Preparer> {
    if (this.preparer === null) {
      const preparer = arrived(import("./prepare/preparer")).then(({ newPreparer }) => newPreparer());
      preparer.catch(() => (this.preparer = null));
      this.preparer = preparer;
    }
    return this.preparer;
  }

  /** Makes the picture of a file. */
  private prepare(one: Chosen): void {
    one.prepared = null;
    one.problem = "";
    one.wish += 1;
    const wish = one.wish;
    this.then(async () => {
      if (!this.chosen.includes(one) || one.wish !== wish) {
        return;
      }
      try {
        const preparer = await this.opened(one);
        const prepared = await preparer.prepare({ turn: one.turn, crop: one.crop }, this.shown.limits);
        if (one.wish !== wish) {
          return;
        }
        one.prepared = prepared;
      } catch (error) {
        one.problem = this.shown.sentenceOf(error, one.file);
      }
      if (one.address) {
        URL.revokeObjectURL(one.address);
      }
      one.address = one.prepared ? URL.createObjectURL(one.prepared.picture) : "";
      if (this.chosen.includes(one)) {
        this.shown.changed(one);
      }
    });
  }
}

function newChosen(file: File): Chosen {
  return { file, turn: 0, crop: null, sides: { width: 0, height: 0 }, prepared: null, wish: 0, problem: "", address: "" };
}

/** The same cut after a quarter turn of the whole picture. */
function turnedRegion(region: Region | null, by: number): Region | null {
  if (region === null) {
    return null;
  }
  const { left, top, width, height } = region;
  return by === 90
    ? { left: 1 - top - height, top: left, width: height, height: width }
    : { left: top, top: 1 - left - width, width: height, height: width };
}
