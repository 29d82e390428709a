import { Controller } from "@hotwired/stimulus";

import { composes, inField } from "../lib/keys";

type Spot = { left: number; top: number; width: number; height: number };
type Point = { x: number; y: number };

const SMALLEST = 0.01;
const STEP = 0.02;
const PARTS = ["left", "top", "width", "height"] as const;
const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP],
};

/**
 * Draws the spot of a mark on the picture and writes it into the four fields of the visible panel, in per cent of the
 * picture. By mouse: draw it. By keyboard: arrows move a first spot, with Shift they change its size, Enter keeps it,
 * Escape gives it up; in a field, and while an input method composes, they are left alone. A spot belongs to the place it
 * was begun on, and a remark takes along what is seen of it. Without scripts the fields are filled by hand.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["switch"];

  declare readonly switchTarget: HTMLButtonElement;
  declare readonly hasSwitchTarget: boolean;

  private layer: HTMLElement | null = null;
  private start: Point | null = null;
  private spot: Spot | null = null;
  private begunOn = "";
  private readonly keys = (event: KeyboardEvent): void => this.press(event);

  override connect(): void {
    if (this.hasSwitchTarget) {
      this.switchTarget.hidden = false;
    }
  }

  override disconnect(): void {
    this.end();
  }

  toggle(): void {
    if (this.layer) {
      this.giveUp();
      return;
    }
    const canvas = this.canvas();
    if (!canvas || !this.field("left")) {
      return;
    }
    const layer = document.createElement("div");
    layer.className = "spot-layer";
    layer.addEventListener("pointerdown", (event) => this.grab(event));
    layer.addEventListener("pointermove", (event) => this.drag(event));
    layer.addEventListener("pointerup", (event) => this.drop(event));
    layer.addEventListener("pointercancel", () => this.giveUp());
    canvas.append(layer);
    this.layer = layer;
    this.begunOn = this.place();
    this.switchTarget.setAttribute("aria-pressed", "true");
    document.addEventListener("keydown", this.keys, true);
  }

  /** A place is shown, another one or the same anew. */
  shown(): void {
    if (this.layer && this.place() !== this.begunOn) {
      this.end();
    } else if (this.spot) {
      this.show(this.spot);
    }
  }

  /** Before a form goes out: what stands on the picture goes along with a remark, though Enter didn't keep it yet. */
  sent(event: Event): void {
    if (this.spot && (event.target as HTMLElement).contains(this.field("left"))) {
      this.write(this.spot);
    }
  }

  private press(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (composes(event) || inField(event) || (event.key !== "Escape" && event.key !== "Enter" && !move)) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === "Escape") {
      this.giveUp();
    } else if (!move) {
      this.write(this.spot);
    } else {
      this.spot = moved(this.spot ?? { left: 0.4, top: 0.4, width: 0.2, height: 0.2 }, move, event.shiftKey);
      this.show(this.spot);
    }
  }

  private grab(event: PointerEvent): void {
    // The viewer below would move the picture.
    event.stopPropagation();
    event.preventDefault();
    this.layer?.setPointerCapture(event.pointerId);
    this.start = this.point(event);
  }

  private drag(event: PointerEvent): void {
    event.stopPropagation();
    if (this.start) {
      this.show(between(this.start, this.point(event)));
    }
  }

  private drop(event: PointerEvent): void {
    event.stopPropagation();
    if (this.start) {
      this.write(between(this.start, this.point(event)));
    }
  }

  private write(spot: Spot | null): void {
    this.end();
    if (!spot || spot.width < SMALLEST || spot.height < SMALLEST) {
      return;
    }
    this.show(spot);
    PARTS.forEach((part) => {
      const field = this.field(part);
      if (field) {
        field.value = String(Math.round(spot[part] * 1000) / 10);
      }
    });
    this.dispatch("drawn");
  }

  private giveUp(): void {
    this.end();
    this.dispatch("left");
  }

  private end(): void {
    document.removeEventListener("keydown", this.keys, true);
    this.layer?.remove();
    this.layer = null;
    this.start = null;
    this.spot = null;
    if (this.hasSwitchTarget) {
      this.switchTarget.setAttribute("aria-pressed", "false");
    }
  }

  /** The pointer in fractions of the picture; offsets are given before turning and scaling. */
  private point(event: PointerEvent): Point {
    const layer = this.layer as HTMLElement;
    return { x: within(event.offsetX / layer.offsetWidth), y: within(event.offsetY / layer.offsetHeight) };
  }

  private show(spot: Spot): void {
    const canvas = this.canvas();
    if (!canvas) {
      return;
    }
    let box = canvas.querySelector<HTMLElement>(".stage__box");
    if (!box) {
      box = document.createElement("span");
      box.className = "stage__box";
      canvas.append(box);
    }
    box.hidden = false;
    box.dataset["box"] = PARTS.map((part) => spot[part]).join(",");
    PARTS.forEach((part) => box?.style.setProperty(part, `${spot[part] * 100}%`));
  }

  private field(part: string): HTMLInputElement | null {
    return this.panel()?.querySelector<HTMLInputElement>(`input[name="${part}"]`) ?? null;
  }

  private place(): string {
    return this.panel()?.dataset["place"] ?? "";
  }

  private panel(): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(".panel:not([hidden])");
  }

  private canvas(): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(".stage__canvas");
  }
}

function between(one: Point, other: Point): Spot {
  return {
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

function moved(spot: Spot, [x, y]: [number, number], resizes: boolean): Spot {
  if (resizes) {
    const width = Math.max(SMALLEST, Math.min(1 - spot.left, spot.width + x));
    return { ...spot, width, height: Math.max(SMALLEST, Math.min(1 - spot.top, spot.height + y)) };
  }
  return {
    ...spot,
    left: Math.max(0, Math.min(1 - spot.width, spot.left + x)),
    top: Math.max(0, Math.min(1 - spot.height, spot.top + y)),
  };
}

function within(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
