/** Where the boxes of a flow stand and how the lines between them run: row under row, no line behind a box. */
import { Graph, layout } from "@dagrejs/dagre";
import { linesOf, type Drawing, type Step, type Way } from "./flows";

export const boxWidth_px = 208;
export const boxHeight_px = 68;
const apart_px = 32;
const below_px = 36;
const letter_px = 7;
const labelHeight_px = 18;

export interface Spot { readonly x: number; readonly y: number }

export interface Line {
  readonly step: Step;
  readonly to: string;
  readonly ways: readonly Way[];
  /** From the edge of one box to that of the other. */
  readonly through: readonly Spot[];
  readonly label: Spot;
}

export interface Layout { readonly spots: ReadonlyMap<string, Spot>; readonly lines: readonly Line[] }

/** The left upper corner of each box, and the lines; the ends of the flow stand in the last row. */
export function layoutOf(drawing: Drawing): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", ranker: "longest-path", nodesep: apart_px, edgesep: apart_px, ranksep: below_px });
  const known = new Set(drawing.steps.map((step) => step.id));
  for (const step of drawing.steps) graph.setNode(step.id, { width: boxWidth_px, height: boxHeight_px });
  const drawn = drawing.steps.flatMap((step) => linesOf(step).filter((line) => known.has(line.to)).map((line) => ({ step, ...line })));
  for (const line of drawn) graph.setEdge(line.step.id, line.to, { width: line.ways.map((way) => way.way).join(", ").length * letter_px, height: labelHeight_px, labelpos: "c" });
  layout(graph);
  const spots = new Map(drawing.steps.map((step): [string, Spot] => {
    const { x = 0, y = 0 } = graph.node(step.id);
    return [step.id, { x: x - boxWidth_px / 2, y: y - boxHeight_px / 2 }];
  }));
  const lines = drawn.map((line) => {
    const { points = [], x = 0, y = 0 } = graph.edge(line.step.id, line.to);
    return { ...line, through: points, label: { x, y } };
  });
  return { spots, lines };
}

/** A line through spots with its corners rounded, as a path of SVG. */
export function pathOf(through: readonly Spot[]): string {
  const [first, ...rest] = through;
  const last = rest.pop();
  if (first === undefined || last === undefined) return "";
  const bends = rest.map((spot, n) => {
    const next = rest[n + 1];
    const end = next === undefined ? last : { x: (spot.x + next.x) / 2, y: (spot.y + next.y) / 2 };
    return `Q ${spot.x} ${spot.y} ${end.x} ${end.y}`;
  });
  return [`M ${first.x} ${first.y}`, ...bends, bends.length === 0 ? `L ${last.x} ${last.y}` : ""].join(" ").trim();
}
