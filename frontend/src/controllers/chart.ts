import { Controller } from "@hotwired/stimulus";

import type { Figures } from "../lib/chart";

/**
 * Draws columns of a table of the page as a chart. The table stays: it is the same in figures, and all there is without
 * scripts. The drawing library is fetched only on pages that have a chart.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["canvas"];
  static override values = { source: String, kind: String, columns: String };

  declare readonly canvasTarget: HTMLCanvasElement;
  declare readonly sourceValue: string;
  declare readonly kindValue: "line" | "bar";
  declare readonly columnsValue: string;

  private drawn: { destroy(): void } | null = null;

  override connect(): void {
    void this.draw();
  }

  override disconnect(): void {
    this.drawn?.destroy();
    this.drawn = null;
  }

  private async draw(): Promise<void> {
    const table = document.getElementById(this.sourceValue);
    if (!(table instanceof HTMLTableElement)) {
      return;
    }
    const { draw } = await import("../lib/chart");
    this.canvasTarget.hidden = false;
    this.drawn = draw(this.canvasTarget, this.kindValue, columnsOf(table, this.columnsValue.split(",").map(Number)));
  }
}


/** The named columns, oldest row first: tables show the newest on top. */
function columnsOf(table: HTMLTableElement, columns: number[]): Figures {
  const heads = Array.from(table.tHead?.rows[0]?.cells ?? []);
  const rows = Array.from(table.tBodies[0]?.rows ?? []).reverse();
  const text = (cell: HTMLTableCellElement | undefined): string => cell?.textContent?.trim() ?? "";
  return {
    labels: rows.map((row) => text(row.cells[0]).slice(5)),
    series: columns.map((column) => ({
      label: text(heads[column]),
      values: rows.map((row) => text(row.cells[column])).map((figure) => (figure ? Number(figure) : null)),
    })),
  };
}
