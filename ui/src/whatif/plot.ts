/** Lines over a day by uPlot, in our colours; loaded only with a chart. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** From … to, null where nothing is known. */
export type Interval = readonly [number, number] | null;

export interface Lines {
  /** Moments in milliseconds. */
  readonly at: readonly number[];
  readonly a: readonly (number | null)[];
  readonly b: readonly (number | null)[];
  readonly aBand: readonly Interval[];
  readonly bBand: readonly Interval[];
  /** How values are written at the axis. */
  readonly say: (value: number) => string;
  readonly sayTime: (at: number) => string;
  /** The scale's top, when it is known, as 100 for shares. */
  readonly top: number | null;
  readonly aim: number | null;
}

const height = 184;

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function tinted(colour: string): string {
  return `color-mix(in srgb, ${colour} 16%, transparent)`;
}

/** A drawn chart that follows its frame's width and the theme; `close` takes it away. */
export class Plot {
  #chart: uPlot | null = null;
  readonly #frame: HTMLElement;
  #lines: Lines;
  readonly #width: ResizeObserver;
  readonly #theme: MutationObserver;

  constructor(frame: HTMLElement, lines: Lines) {
    this.#frame = frame;
    this.#lines = lines;
    this.#width = new ResizeObserver(() => { this.#chart?.setSize({ width: this.#frame.clientWidth, height }); });
    this.#theme = new MutationObserver(() => { this.#draw(); });
    this.#draw();
    this.#width.observe(frame);
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  show(lines: Lines): void {
    this.#lines = lines;
    this.#draw();
  }

  close(): void {
    this.#width.disconnect();
    this.#theme.disconnect();
    this.#chart?.destroy();
  }

  #draw(): void {
    this.#chart?.destroy();
    const { at, a, b, aBand, bBand, say, sayTime, top } = this.#lines;
    const edges = [aBand, bBand].flatMap((band) => [0, 1].map((side) => at.map((_, index) => band[index]?.[side] ?? null)));
    const values = [...a, ...b, ...edges.flat()].filter((value) => value !== null);
    const most = top ?? Math.max(1, ...values) * 1.1;
    // Shares far from zero are shown from below their least, in whole tens; counts always from zero.
    const least = top === null ? 0 : Math.max(0, Math.floor(Math.min(top, ...values) / 10) * 10 - 10);
    const axis: uPlot.Axis = { stroke: token("--ink-3"), font: `12px ${token("--font")}`, grid: { stroke: token("--line-soft"), width: 1 }, ticks: { show: false }, border: { show: false } };
    const points = { show: false };
    this.#chart = new uPlot(
      {
        width: Math.max(160, this.#frame.clientWidth), height,
        legend: { show: false }, cursor: { points: { size: 6 }, drag: { x: false, y: false } },
        padding: [12, 24, 0, 0],
        scales: { x: { time: false }, y: { range: [least, most] } },
        axes: [
          { ...axis, size: 28, grid: { show: false }, space: 64, values: (_, ticks) => ticks.map(sayTime), incrs: [1, 2, 3, 4, 6, 12].map((hours) => hours * 3_600_000) },
          { ...axis, size: 52, space: 36, values: (_, ticks) => ticks.map(say) },
        ],
        series: [{}, { stroke: token("--ink-3"), width: 1.5, points, dash: [5, 3] }, { stroke: token("--accent"), width: 2, points }, ...edges.map(() => ({ width: 0, points }))],
        bands: [{ series: [4, 3], fill: tinted(token("--ink-3")) }, { series: [6, 5], fill: tinted(token("--accent")) }],
        hooks: { draw: [(chart) => { this.#label(chart); }] },
      },
      [[...at], [...a], [...b], ...edges],
      this.#frame,
    );
    // Screen readers hear the sentence and read the table instead.
    this.#frame.querySelector("canvas")?.setAttribute("aria-hidden", "true");
  }

  /** The letters at the line's ends, and the aim. */
  #label(chart: uPlot): void {
    const { ctx } = chart;
    const ratio = devicePixelRatio;
    ctx.save();
    const { aim } = this.#lines;
    if (aim !== null) {
      const y = chart.valToPos(aim, "y", true);
      ctx.strokeStyle = token("--ink");
      ctx.lineWidth = ratio;
      ctx.setLineDash([4 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(chart.bbox.left, y);
      ctx.lineTo(chart.bbox.left + chart.bbox.width, y);
      ctx.stroke();
    }
    ctx.font = `600 ${12 * ratio}px ${token("--font")}`;
    ctx.textBaseline = "middle";
    const ends: { letter: string; colour: string; x: number; y: number }[] = [];
    for (const [letter, colour, values] of [["A", "--ink-2", this.#lines.a], ["B", "--accent", this.#lines.b]] as const) {
      const last = values.findLastIndex((value) => value !== null);
      if (last === -1) continue;
      ends.push({ letter, colour, x: chart.valToPos(this.#lines.at[last] ?? 0, "x", true) + 6 * ratio, y: chart.valToPos(values[last] ?? 0, "y", true) });
    }
    const [one, two] = ends;
    if (one !== undefined && two !== undefined && Math.abs(one.y - two.y) < 14 * ratio) {
      const middle = (one.y + two.y) / 2;
      const up = one.y <= two.y ? one : two;
      (up === one ? two : one).y = middle + 7 * ratio;
      up.y = middle - 7 * ratio;
    }
    for (const end of ends) {
      ctx.fillStyle = token(end.colour);
      ctx.fillText(end.letter, end.x, end.y);
    }
    ctx.restore();
  }
}
