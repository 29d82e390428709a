import { Controller } from "@hotwired/stimulus";

import { layOver } from "../lib/boxes";

type Point = { x: number; y: number };

const STEP = 1.25;
const SMALLEST = 0.05;
const LARGEST = 8;
const LIGHT_STEP = 1.2;
const BRIGHTEST = 2.5;
const DIRECTIONS: Record<string, [number, number]> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/**
 * A picture that can be zoomed at the pointer, fitted, shown at 100 %, turned, brightened and moved. All of it changes the view only.
 * Elements inside the canvas with `data-box="x,y,width,height"` (fractions of the picture) are laid over their spot.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["stage", "canvas", "image", "scale"];

  declare readonly stageTarget: HTMLElement;
  declare readonly canvasTarget: HTMLElement;
  declare readonly imageTarget: HTMLImageElement;
  declare readonly scaleTargets: HTMLElement[];

  private scale = 1;
  private turns = 0;
  private offset: Point = { x: 0, y: 0 };
  private light = 1;
  private fitted = true;
  private readonly pointers = new Map<number, Point>();
  private observer: ResizeObserver | null = null;
  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    this.zoom(Math.pow(STEP, -Math.sign(event.deltaY)), this.toCentre(event));
  };

  override connect(): void {
    this.stageTarget.addEventListener("wheel", this.wheel, { passive: false });
    if (typeof ResizeObserver !== "undefined") {
      this.observer = new ResizeObserver(() => (this.fitted ? this.fit() : this.draw()));
      this.observer.observe(this.stageTarget);
    }
    if (this.imageTarget.complete && this.imageTarget.naturalWidth > 0) {
      this.loaded();
    }
  }

  override disconnect(): void {
    this.stageTarget.removeEventListener("wheel", this.wheel);
    this.observer?.disconnect();
  }

  loaded(): void {
    this.turns = 0;
    this.light = 1;
    this.imageTarget.style.filter = "";
    this.canvasTarget.style.width = `${this.imageTarget.naturalWidth}px`;
    this.canvasTarget.style.height = `${this.imageTarget.naturalHeight}px`;
    this.placeBoxes();
    this.fit();
    this.stageTarget.classList.add("is-ready");
  }

  /** Lays the boxes of the canvas over their spots; also to be called after boxes were added. */
  placeBoxes(): void {
    this.canvasTarget.querySelectorAll<HTMLElement>("[data-box]").forEach((box) => {
      layOver(box, box.dataset["box"] ?? "");
    });
  }

  fit(): void {
    const size = this.turnedSize();
    const room = this.stageTarget.getBoundingClientRect();
    if (size.x === 0 || room.width === 0) {
      return;
    }
    this.fitted = true;
    this.scale = Math.min(room.width / size.x, room.height / size.y, 1);
    this.offset = { x: 0, y: 0 };
    this.draw();
  }

  actual(): void {
    this.zoom(1 / this.scale, { x: 0, y: 0 });
  }

  zoomIn(): void {
    this.zoom(STEP, { x: 0, y: 0 });
  }

  zoomOut(): void {
    this.zoom(1 / STEP, { x: 0, y: 0 });
  }

  turnLeft(): void {
    this.turn(-1);
  }

  turnRight(): void {
    this.turn(1);
  }

  darker(): void {
    this.lighten(1 / LIGHT_STEP);
  }

  brighter(): void {
    this.lighten(LIGHT_STEP);
  }

  /** Moves the view over the picture by a quarter of the room, towards `data-pan`. */
  pan(event: Event): void {
    const room = this.stageTarget.getBoundingClientRect();
    const [x, y] = DIRECTIONS[(event.currentTarget as HTMLElement).dataset["pan"] ?? ""] ?? [0, 0];
    this.fitted = false;
    this.offset = { x: this.offset.x - (x * room.width) / 4, y: this.offset.y - (y * room.height) / 4 };
    this.draw();
  }

  toggle(event: MouseEvent): void {
    if (this.fitted) {
      this.zoom(Math.max(1, this.scale * 2) / this.scale, this.toCentre(event));
    } else {
      this.fit();
    }
  }

  grab(event: PointerEvent): void {
    if (event.button !== 0) {
      return;
    }
    this.pointers.set(event.pointerId, this.toCentre(event));
    this.stageTarget.setPointerCapture(event.pointerId);
    this.stageTarget.classList.add("is-held");
  }

  drag(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      return;
    }
    const now = this.toCentre(event);
    const other = Array.from(this.pointers.entries()).find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (other) {
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      this.zoom(distance(now, other) / Math.max(1, distance(before, other)), middle);
      return;
    }
    this.fitted = false;
    this.offset = { x: this.offset.x + now.x - before.x, y: this.offset.y + now.y - before.y };
    this.draw();
  }

  drop(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size === 0) {
      this.stageTarget.classList.remove("is-held");
    }
  }

  private lighten(factor: number): void {
    this.light = Math.min(BRIGHTEST, Math.max(1 / BRIGHTEST, this.light * factor));
    this.imageTarget.style.filter = Math.abs(this.light - 1) < 0.01 ? "" : `brightness(${this.light})`;
  }

  private turn(by: number): void {
    this.turns += by;
    if (this.fitted) {
      this.fit();
    } else {
      this.draw();
    }
  }

  private zoom(factor: number, at: Point): void {
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.scale * factor));
    const real = scale / this.scale;
    this.offset = { x: at.x - (at.x - this.offset.x) * real, y: at.y - (at.y - this.offset.y) * real };
    this.scale = scale;
    this.fitted = false;
    this.draw();
  }

  private draw(): void {
    const size = this.turnedSize();
    const room = this.stageTarget.getBoundingClientRect();
    this.offset = {
      x: held(this.offset.x, (size.x * this.scale - room.width) / 2),
      y: held(this.offset.y, (size.y * this.scale - room.height) / 2),
    };
    const { x, y } = this.offset;
    const move = `translate(-50%, -50%) translate(${x}px, ${y}px)`;
    this.canvasTarget.style.transform = `${move} rotate(${this.turns * 90}deg) scale(${this.scale})`;
    this.canvasTarget.style.setProperty("--scale", String(this.scale));
    this.scaleTargets.forEach((place) => {
      place.textContent = `${Math.round(this.scale * 100)} %`;
    });
  }

  private turnedSize(): Point {
    const { naturalWidth, naturalHeight } = this.imageTarget;
    return this.turns % 2 === 0 ? { x: naturalWidth, y: naturalHeight } : { x: naturalHeight, y: naturalWidth };
  }

  private toCentre(event: MouseEvent): Point {
    const room = this.stageTarget.getBoundingClientRect();
    return { x: event.clientX - room.left - room.width / 2, y: event.clientY - room.top - room.height / 2 };
  }
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/** A picture smaller than the stage stays centred; a larger one can't be pushed out of sight. */
function held(offset: number, overhang: number): number {
  const room = Math.max(0, overhang);
  return Math.max(-room, Math.min(room, offset));
}
