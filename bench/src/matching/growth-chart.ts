// How a cold pool's cost grows with its size, as SVG text, both axes logarithmic: a line that rises like the grid's diagonal
// grows with the number of tickets. It reads in light and in dark.

export type GrowthLine = {
  readonly name: string;
  /** In the order of `tickets`. */
  readonly points: readonly { readonly tickets: number; readonly ms: number }[];
};

const WIDTH = 720;
const HEIGHT = 460;
const PLOT = { left: 84, top: 60, right: 560, bottom: 400 };
const COLOURS = ["ours", "naive", "sort"] as const;

const STYLE = [
  ".paper{fill:#fff}.grid{stroke:#e3e6ea}.axis{stroke:#8b949e}.words{fill:#57606a}.head{fill:#1f2328}",
  ".ours{stroke:#0969da;color:#0969da}.naive{stroke:#bc4c00;color:#bc4c00}.sort{stroke:#1a7f37;color:#1a7f37}",
  ".dot{fill:currentColor;stroke:none}.name{fill:currentColor;stroke:none}",
  "@media (prefers-color-scheme:dark){.paper{fill:#0d1117}.grid{stroke:#262c36}.axis{stroke:#6e7681}.words{fill:#9198a1}.head{fill:#e6edf3}",
  ".ours{stroke:#58a6ff;color:#58a6ff}.naive{stroke:#f0883e;color:#f0883e}.sort{stroke:#3fb950;color:#3fb950}}",
];

/** The chart of up to three lines, each named at its end. */
export function drawGrowth({
  title,
  lines,
}: {
  readonly title: string;
  readonly lines: readonly GrowthLine[];
}): string {
  const drawn = lines.map(({ name, points }) => ({ name, points: points.map(atLeast) }));
  const points = drawn.flatMap((line) => line.points);
  const x = scale(
    points.map(({ tickets }) => tickets),
    { from: PLOT.left, to: PLOT.right },
  );
  const y = scale(
    points.map(({ ms }) => ms),
    { from: PLOT.bottom, to: PLOT.top },
  );
  const { left, top, right, bottom } = PLOT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui,-apple-system,Segoe UI,Helvetica,Arial,DejaVu Sans,sans-serif" font-size="12">`,
    `<title>${title}: milliseconds against tickets, both logarithmic</title>`,
    `<style>${STYLE.join("")}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="head" x="${left}" y="28" font-size="15" font-weight="600">${title}</text>`,
    ...x.decades.map((tickets) => `<path class="grid" d="M${x.at(tickets)} ${top}V${bottom}"/>`),
    ...y.decades.map((ms) => `<path class="grid" d="M${left} ${y.at(ms)}H${right}"/>`),
    `<path class="axis" fill="none" d="M${left} ${top}V${bottom}H${right}"/>`,
    ...x.decades.map(
      (tickets) =>
        `<text class="words" x="${x.at(tickets)}" y="${bottom + 18}" text-anchor="middle">${shortOf(tickets)}</text>`,
    ),
    ...y.decades.map(
      (ms) => `<text class="words" x="${left - 8}" y="${y.at(ms) + 4}" text-anchor="end">${durationOf(ms)}</text>`,
    ),
    `<text class="words" x="${right}" y="${HEIGHT - 20}" text-anchor="end">tickets in the pool</text>`,
    `<text class="words" x="${left}" y="48">processor time, the least of several runs</text>`,
    ...drawn.flatMap((line, index) => drawLine(line, { kind: COLOURS[index] ?? "ours", x, y })),
    "</svg>",
    "",
  ].join("\n");
}

/** Less cannot be told from nothing, which has no place on a logarithmic axis. */
const MS_MIN = 0.001;

function atLeast({ tickets, ms }: GrowthLine["points"][number]): GrowthLine["points"][number] {
  return { tickets, ms: Math.max(MS_MIN, ms) };
}

type Scale = { readonly decades: readonly number[]; at(value: number): number };

/** Over whole decades. */
function scale(values: readonly number[], { from, to }: { readonly from: number; readonly to: number }): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    decades: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    at: (value) => Math.round((from + ((Math.log10(value) - low) / (high - low)) * (to - from)) * 10) / 10,
  };
}

function drawLine(
  { name, points }: GrowthLine,
  { kind, x, y }: { readonly kind: (typeof COLOURS)[number]; readonly x: Scale; readonly y: Scale },
): readonly string[] {
  const places = points.map(({ tickets, ms }) => ({ x: x.at(tickets), y: y.at(ms) }));
  const last = places.at(-1);
  if (!last) return [];
  return [
    `<g class="${kind}">`,
    `<polyline fill="none" stroke-width="2" points="${places.map((place) => `${place.x},${place.y}`).join(" ")}"/>`,
    ...places.map((place) => `<circle class="dot" cx="${place.x}" cy="${place.y}" r="3.5"/>`),
    // Beside the end; above a line that ends early, as others go on there.
    last.x < PLOT.right
      ? `<text class="name" x="${last.x - 8}" y="${last.y - 9}" text-anchor="end">${name}</text>`
      : `<text class="name" x="${last.x + 10}" y="${last.y + 4}">${name}</text>`,
    "</g>",
  ];
}

function shortOf(tickets: number): string {
  if (tickets >= 1_000_000) return `${tickets / 1_000_000}M`;
  return tickets >= 1_000 ? `${tickets / 1_000}k` : String(tickets);
}

function durationOf(ms: number): string {
  if (ms >= 1_000) return `${ms / 1_000} s`;
  return ms >= 1 ? `${ms} ms` : `${Math.round(ms * 1_000)} µs`;
}
