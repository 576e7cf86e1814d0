// The frontier of waiting against quality as SVG text: one mark a variant, at its typical wait and spread, with lines that
// reach to what one in twenty sees. Nothing in it depends on where it is drawn; it reads in light and in dark.
import { type Axis, fitAxis } from "./axis.ts";

/** `typical` is the mark, `high` where its line ends. Neither is negative. */
export type Measured = { readonly typical: number; readonly high: number };

export type FrontierMark = {
  /** Undefined: the only one, which needs no name. */
  readonly label: string | undefined;
  /** Seconds. */
  readonly wait: Measured;
  readonly quality: Measured;
};

export type FrontierChart = {
  readonly title: string;
  /** What the marks differ in. */
  readonly subtitle: string;
  readonly waitTitle: string;
  readonly qualityTitle: string;
  /** In the order in which the line between them goes. */
  readonly marks: readonly FrontierMark[];
  /** How the quality changes with the wait within one run: points of a fainter line. */
  readonly course: readonly { readonly wait: number; readonly quality: number }[];
};

const WIDTH = 720;
const HEIGHT = 440;
const PLOT = { left: 56, top: 84, right: 690, bottom: 384 };
/** Of a letter on average, in pixels, rather more than less: fonts differ. */
const CHAR_WIDTH = 7;
const LABEL_HEIGHT = 14;

const STYLE = [
  ".paper{fill:#fff}.grid{stroke:#e3e6ea}.axis{stroke:#8b949e}.words{fill:#57606a}.head,.label{fill:#1f2328}",
  ".reach{stroke:#0969da;stroke-opacity:.35}.way{stroke:#0969da;stroke-opacity:.6}.mark{fill:#0969da}.course{stroke:#bc4c00}.stop{fill:#bc4c00}",
  "@media (prefers-color-scheme:dark){.paper{fill:#0d1117}.grid{stroke:#262c36}.axis{stroke:#6e7681}.words{fill:#9198a1}.head,.label{fill:#e6edf3}",
  ".reach{stroke:#58a6ff;stroke-opacity:.4}.way{stroke:#58a6ff;stroke-opacity:.7}.mark{fill:#58a6ff}.course{stroke:#f0883e}.stop{fill:#f0883e}}",
];

/** The chart as the text of an SVG file. The same text for the same chart. */
export function drawFrontier(chart: FrontierChart): string {
  const { marks, course } = chart;
  const waits = fitAxis([...marks.map(({ wait }) => wait.high), ...course.map(({ wait }) => wait)], 8);
  const qualities = fitAxis([...marks.map(({ quality }) => quality.high), ...course.map(({ quality }) => quality)], 6);
  const x = (wait: number) => round(PLOT.left + (wait / waits.end) * (PLOT.right - PLOT.left));
  const y = (quality: number) => round(PLOT.bottom - (quality / qualities.end) * (PLOT.bottom - PLOT.top));
  const places = marks.map((mark) => ({ mark, x: x(mark.wait.typical), y: y(mark.quality.typical) }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui,-apple-system,Segoe UI,Helvetica,Arial,DejaVu Sans,sans-serif" font-size="12">`,
    `<title>${escaped(chart.title)}: ${escaped(chart.qualityTitle)} against ${escaped(chart.waitTitle)}</title>`,
    `<style>${STYLE.join("")}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="head" x="16" y="26" font-size="15" font-weight="600">${escaped(fitting(chart.title, 9))}</text>`,
    `<text class="words" x="16" y="45">${escaped(fitting(chart.subtitle, CHAR_WIDTH))}</text>`,
    `<text class="words" x="16" y="70">${escaped(fitting(chart.qualityTitle, CHAR_WIDTH))}</text>`,
    ...grid({ waits, qualities, x, y }),
    `<text class="words" x="${PLOT.right}" y="${HEIGHT - 14}" text-anchor="end">${escaped(chart.waitTitle)}</text>`,
    `<text class="words" x="16" y="${HEIGHT - 14}">${escaped(legendOf(chart))}</text>`,
    ...marks.map(({ wait, quality }) => {
      const [fromX, fromY] = [x(wait.typical), y(quality.typical)];
      return `<path class="reach" fill="none" stroke-width="2" d="M${x(wait.high)} ${fromY}H${fromX}V${y(quality.high)}"/>`;
    }),
    ...polyline("way", places),
    ...polyline(
      "course",
      course.map(({ wait, quality }) => ({ x: x(wait), y: y(quality) })),
    ),
    ...course.map(({ wait, quality }) => `<circle class="stop" cx="${x(wait)}" cy="${y(quality)}" r="2.5"/>`),
    ...places.map((place) => `<circle class="mark" cx="${place.x}" cy="${place.y}" r="5"/>`),
    ...labels(places),
    "</svg>",
    "",
  ].join("\n");
}

function legendOf({ marks, course }: FrontierChart): string {
  const parts = [marks.length > 1 ? "dot: a variant" : "dot: all matches", "lines: to p95"];
  if (course.length > 0) parts.push("orange: matches grouped by wait");
  return parts.join(" · ");
}

function grid(from: {
  readonly waits: Axis;
  readonly qualities: Axis;
  readonly x: (wait: number) => number;
  readonly y: (quality: number) => number;
}): readonly string[] {
  const { waits, qualities, x, y } = from;
  const { left, top, right, bottom } = PLOT;
  return [
    ...waits.ticks.slice(1).map((tick) => `<path class="grid" d="M${x(tick)} ${top}V${bottom}"/>`),
    ...qualities.ticks.slice(1).map((tick) => `<path class="grid" d="M${left} ${y(tick)}H${right}"/>`),
    `<path class="axis" fill="none" d="M${left} ${top}V${bottom}H${right}"/>`,
    ...waits.ticks.map(
      (tick) =>
        `<text class="words" x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tick.toFixed(waits.decimals)}</text>`,
    ),
    ...qualities.ticks.map(
      (tick) =>
        `<text class="words" x="${left - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${tick.toFixed(qualities.decimals)}</text>`,
    ),
  ];
}

type Place = { readonly x: number; readonly y: number };

function polyline(kind: string, points: readonly Place[]): readonly string[] {
  if (points.length < 2) return [];
  return [
    `<polyline class="${kind}" fill="none" stroke-width="1.5" points="${points.map(({ x, y }) => `${x},${y}`).join(" ")}"/>`,
  ];
}

type Box = { readonly left: number; readonly top: number; readonly width: number };

/** A label beside each dot, where it covers neither a dot nor an earlier label, if there is such a place. */
function labels(places: readonly (Place & { readonly mark: FrontierMark })[]): readonly string[] {
  const taken: Box[] = places.map(({ x, y }) => ({ left: x - 6, top: y - LABEL_HEIGHT / 2, width: 12 }));
  return places.flatMap(({ x, y, mark }) => {
    if (mark.label === undefined) return [];
    const width = mark.label.length * CHAR_WIDTH;
    const boxes = [
      { left: x + 9, top: y - LABEL_HEIGHT - 3, width },
      { left: x + 9, top: y + 4, width },
      { left: x - 9 - width, top: y + 4, width },
      { left: x - 9 - width, top: y - LABEL_HEIGHT - 3, width },
      { left: x - width / 2, top: y - 2 * LABEL_HEIGHT - 3, width },
      { left: x - width / 2, top: y + LABEL_HEIGHT + 4, width },
    ].map((box) => ({ ...box, left: Math.max(PLOT.left + 3, Math.min(box.left, WIDTH - 4 - width)) }));
    const box = boxes.find((one) => !taken.some((other) => overlap(one, other))) ?? boxes[0];
    if (!box) return [];
    taken.push(box);
    return [
      `<text class="label" x="${round(box.left)}" y="${round(box.top + LABEL_HEIGHT - 3)}">${escaped(mark.label)}</text>`,
    ];
  });
}

function overlap(one: Box, other: Box): boolean {
  const isApart = one.left + one.width < other.left || other.left + other.width < one.left;
  return !isApart && Math.abs(one.top - other.top) < LABEL_HEIGHT;
}

/** What of `text` has room in the width of the chart, with letters of `charWidth` pixels. */
function fitting(text: string, charWidth: number): string {
  const charsMax = Math.floor((WIDTH - 2 * 16) / charWidth);
  return text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(text: string): string {
  // Control characters may not stand in XML at all.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it takes out.
  const plain = text.replace(/[\u0000-\u001f\u007f]/g, " ");
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
