import { samePlace, type Where } from "./places";

/** A place and the mark it had before: what an undo gives back. */
export type Marked = Where & { given: string };

/** One press of the reviewer's: one mark, or those of all the rest. */
export type Step = Marked[];

/** The reviewer's marks in this page, the newest last. */
export class Undoing {
  private steps: Step[] = [];

  get empty(): boolean {
    return this.steps.length === 0;
  }

  remember(step: Step): Step {
    if (step.length > 0) {
      this.steps.push(step);
    }
    return step;
  }

  takeBack(): Step | undefined {
    return this.steps.pop();
  }

  /** A step that was refused never stood: the next mark of its places stands on what was there before. */
  strike(step: Step): void {
    const at = this.steps.indexOf(step);
    if (at < 0) {
      return;
    }
    this.steps.splice(at, 1);
    const later = this.steps.slice(at).reduce<Marked[]>((all, one) => all.concat(one), []);
    step.forEach((mark) => {
      const next = later.find((one) => samePlace(one, mark));
      if (next) {
        next.given = mark.given;
      }
    });
  }

  forget(): void {
    this.steps = [];
  }
}
