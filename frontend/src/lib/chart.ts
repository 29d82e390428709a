import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";

/** Columns of a table of the page, in figures; null where a cell is empty: the line ends there. */
export interface Figures {
  labels: string[];
  series: { label: string; values: (number | null)[] }[];
}

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

/** Told apart by dash and point as well as by colour. */
const LOOKS = [
  { token: "--brand", dash: [] as number[], point: "circle" },
  { token: "--change", dash: [6, 4], point: "rect" },
  { token: "--accepted", dash: [2, 3], point: "triangle" },
  { token: "--muted", dash: [10, 4], point: "rectRot" },
];

export function draw(canvas: HTMLCanvasElement, kind: "line" | "bar", figures: Figures): Chart {
  const style = getComputedStyle(document.documentElement);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return new Chart(canvas, {
    type: kind,
    data: {
      labels: figures.labels,
      datasets: figures.series.map((one, index) => {
        const look = LOOKS[index % LOOKS.length]!;
        const colour = style.getPropertyValue(look.token).trim() || "#0b5c9c";
        return {
          label: one.label,
          data: one.values,
          borderColor: colour,
          backgroundColor: colour,
          borderDash: look.dash,
          pointStyle: look.point,
          pointRadius: kind === "line" ? 3 : 0,
          borderWidth: kind === "line" ? 2 : 0,
        };
      }),
    },
    options: {
      animation: still ? false : { duration: 250 },
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: { y: { beginAtZero: true, ticks: { precision: 0 } }, x: { grid: { display: false } } },
      plugins: { legend: { position: "bottom", labels: { boxWidth: 10, boxHeight: 10, usePointStyle: kind === "line", pointStyleWidth: 10 } } },
    },
  });
}
