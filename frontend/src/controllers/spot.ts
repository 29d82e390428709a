import { Controller } from "@hotwired/stimulus";

type Spot = { left: number; top: number; width: number; height: number };

const SMALLEST = 0.01;

/**
 * Draws the spot of a mark on the picture and writes it into the form's four fields, in per cent of the picture.
 * Without scripts the fields are filled by hand; with them they need not be seen.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["switch", "left", "top", "width", "height", "fields"];

  declare readonly switchTarget: HTMLButtonElement;
  declare readonly hasSwitchTarget: boolean;
  declare readonly leftTarget: HTMLInputElement;
  declare readonly topTarget: HTMLInputElement;
  declare readonly widthTarget: HTMLInputElement;
  declare readonly heightTarget: HTMLInputElement;
  declare readonly hasLeftTarget: boolean;
  declare readonly fieldsTarget: HTMLDetailsElement;

  private layer: HTMLElement | null = null;
  private start: { x: number; y: number } | null = null;

  override connect(): void {
    if (this.hasSwitchTarget && this.hasLeftTarget) {
      this.switchTarget.hidden = false;
    }
  }

  override disconnect(): void {
    this.end();
  }

  toggle(): void {
    if (this.layer) {
      this.end();
      return;
    }
    const canvas = this.canvas();
    if (!canvas) {
      return;
    }
    const layer = document.createElement("div");
    layer.className = "spot-layer";
    layer.addEventListener("pointerdown", (event) => this.grab(event));
    layer.addEventListener("pointermove", (event) => this.drag(event));
    layer.addEventListener("pointerup", (event) => this.drop(event));
    layer.addEventListener("pointercancel", () => this.end());
    canvas.append(layer);
    this.layer = layer;
    this.switchTarget.setAttribute("aria-pressed", "true");
  }

  private grab(event: PointerEvent): void {
    // The viewer below would move the picture.
    event.stopPropagation();
    event.preventDefault();
    this.layer?.setPointerCapture(event.pointerId);
    this.start = this.place(event);
  }

  private drag(event: PointerEvent): void {
    event.stopPropagation();
    if (this.start) {
      this.show(this.between(this.start, this.place(event)));
    }
  }

  private drop(event: PointerEvent): void {
    event.stopPropagation();
    if (!this.start) {
      return;
    }
    const spot = this.between(this.start, this.place(event));
    this.end();
    if (spot.width < SMALLEST || spot.height < SMALLEST) {
      return;
    }
    this.show(spot);
    this.leftTarget.value = percent(spot.left);
    this.topTarget.value = percent(spot.top);
    this.widthTarget.value = percent(spot.width);
    this.heightTarget.value = percent(spot.height);
    this.fieldsTarget.open = true;
  }

  private end(): void {
    this.layer?.remove();
    this.layer = null;
    this.start = null;
    if (this.hasSwitchTarget) {
      this.switchTarget.setAttribute("aria-pressed", "false");
    }
  }

  /** The pointer in fractions of the picture; offsets are given before turning and scaling. */
  private place(event: PointerEvent): { x: number; y: number } {
    const layer = this.layer as HTMLElement;
    return { x: within(event.offsetX / layer.offsetWidth), y: within(event.offsetY / layer.offsetHeight) };
  }

  private between(one: { x: number; y: number }, other: { x: number; y: number }): Spot {
    return {
      left: Math.min(one.x, other.x),
      top: Math.min(one.y, other.y),
      width: Math.abs(one.x - other.x),
      height: Math.abs(one.y - other.y),
    };
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
    box.dataset["box"] = [spot.left, spot.top, spot.width, spot.height].join(",");
    box.style.left = `${spot.left * 100}%`;
    box.style.top = `${spot.top * 100}%`;
    box.style.width = `${spot.width * 100}%`;
    box.style.height = `${spot.height * 100}%`;
  }

  private canvas(): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(".stage__canvas");
  }
}

function within(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

function percent(fraction: number): string {
  return String(Math.round(fraction * 1000) / 10);
}
