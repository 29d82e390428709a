import Cropper from "cropperjs";
import "cropperjs/dist/cropper.css";

import type { Region } from "./prepare/types";

type Side = "top" | "right" | "bottom" | "left";

/** The handle of each side, and which way it may be moved. */
const HANDLES: Record<Side, { point: string; less: string; more: string }> = {
  top: { point: "n", less: "ArrowUp", more: "ArrowDown" },
  right: { point: "e", less: "ArrowLeft", more: "ArrowRight" },
  bottom: { point: "s", less: "ArrowUp", more: "ArrowDown" },
  left: { point: "w", less: "ArrowLeft", more: "ArrowRight" },
};
const SIDES = Object.keys(HANDLES) as Side[];
/** Shares of the picture: one press of an arrow key, and the least that must remain. */
const STEP = 0.01;
const LEAST = 0.05;

/** Cutting: handles on the picture for fingers and mouse; each side is a slider for the keyboard. */
export class Cut {
  /** Ends when there is something to cut, or when it was closed before. */
  readonly ready: Promise<void>;
  private readonly cropper: Cropper;
  private readonly image = new Image();
  private readonly address: string;
  private readonly box = document.createElement("div");
  private settle: () => void = () => undefined;

  constructor(
    private readonly frame: HTMLElement,
    picture: Blob,
    region: Region | null,
    words: Record<string, string>,
  ) {
    this.address = URL.createObjectURL(picture);
    this.image.alt = "";
    this.image.src = this.address;
    this.box.className = "upload__cut";
    this.box.append(this.image);
    frame.classList.add("is-cutting");
    frame.append(this.box);
    this.ready = new Promise((resolve) => (this.settle = resolve));
    this.cropper = new Cropper(this.image, {
      viewMode: 1,
      dragMode: "none",
      autoCropArea: 0.94,
      background: false,
      zoomable: false,
      movable: false,
      rotatable: false,
      scalable: false,
      toggleDragModeOnDblclick: false,
      checkOrientation: false,
      checkCrossOrigin: false,
      minCropBoxWidth: 24,
      minCropBoxHeight: 24,
      ready: () => {
        if (region) {
          this.cutTo(region);
        }
        this.openToKeyboard(words);
        this.settle();
      },
    });
  }

  /** What is to remain; null for the whole picture. */
  region(): Region | null {
    const box = this.cropper.getCropBoxData();
    const whole = this.cropper.getCanvasData();
    const region = {
      left: within((box.left - whole.left) / whole.width),
      top: within((box.top - whole.top) / whole.height),
      width: within(box.width / whole.width),
      height: within(box.height / whole.height),
    };
    return region.width > 0.995 && region.height > 0.995 ? null : region;
  }

  /** For the keyboard: the side Tab comes to first. */
  focus(): void {
    this.box.querySelector<HTMLElement>("[role=slider]")?.focus({ preventScroll: true });
  }

  close(): void {
    this.settle();
    this.cropper.destroy();
    this.box.remove();
    this.frame.classList.remove("is-cutting");
    URL.revokeObjectURL(this.address);
  }

  private cutTo({ left, top, width, height }: Region): void {
    const whole = this.cropper.getCanvasData();
    this.cropper.setCropBoxData({
      left: whole.left + left * whole.width,
      top: whole.top + top * whole.height,
      width: width * whole.width,
      height: height * whole.height,
    });
  }

  private openToKeyboard(words: Record<string, string>): void {
    SIDES.forEach((side) => {
      const { point, less, more } = HANDLES[side];
      const handle = this.box.querySelector<HTMLElement>(`.cropper-point.point-${point}`);
      if (!handle) {
        return;
      }
      handle.tabIndex = 0;
      handle.setAttribute("role", "slider");
      handle.setAttribute("aria-label", words[side] ?? side);
      handle.setAttribute("aria-orientation", side === "top" || side === "bottom" ? "vertical" : "horizontal");
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", "100");
      this.tell(handle, side);
      handle.addEventListener("keydown", (event) => {
        const way = event.key === less ? -1 : event.key === more ? 1 : 0;
        if (way !== 0) {
          event.preventDefault();
          this.move(side, way * STEP * (event.shiftKey ? 5 : 1));
        }
      });
      this.image.addEventListener("crop", () => this.tell(handle, side));
    });
  }

  private move(side: Side, by: number): void {
    const region = this.region() ?? { left: 0, top: 0, width: 1, height: 1 };
    const edges = edgesOf(region);
    edges[side] = within(edges[side] + by);
    if (edges.right - edges.left >= LEAST && edges.bottom - edges.top >= LEAST) {
      this.cutTo({ left: edges.left, top: edges.top, width: edges.right - edges.left, height: edges.bottom - edges.top });
    }
  }

  private tell(handle: HTMLElement, side: Side): void {
    const region = this.region() ?? { left: 0, top: 0, width: 1, height: 1 };
    handle.setAttribute("aria-valuenow", String(Math.round(edgesOf(region)[side] * 100)));
  }
}

function edgesOf({ left, top, width, height }: Region): Record<Side, number> {
  return { left, top, right: left + width, bottom: top + height };
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
