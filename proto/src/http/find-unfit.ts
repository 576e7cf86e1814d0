// Which part of a message cannot be said in bytes, where the generated code only tells that one cannot: a number above what its field
// holds, such as 2^32 milliseconds.

import { pathOf } from "./json-path.ts";
import { JSON_DEPTH_MAX } from "./json-shape.ts";

/** Parts beside one another that are tried; whoever sends more is told without the path. */
const PARTS_MAX = 1_000;

/** The path of the part of `json` that does not fit, found by trying each alone. Undefined: none does so by itself. */
export function findUnfit(json: unknown, fits: (part: unknown) => boolean): string | undefined {
  let path = "";
  let part = json;
  let wrap = (inner: unknown): unknown => inner;
  for (let depth = 0; depth < JSON_DEPTH_MAX; depth += 1) {
    const around = wrap;
    const unfit = partsOf(part, path).find(({ alone }) => !fits(around(alone)));
    if (!unfit) return path === "" ? undefined : path;
    ({ path, part } = unfit);
    const { embed } = unfit;
    wrap = (inner) => around(embed(inner));
  }
  return path;
}

type Part = {
  readonly path: string;
  readonly part: unknown;
  /** What surrounds it, with it alone. */
  readonly alone: unknown;
  readonly embed: (inner: unknown) => unknown;
};

function partsOf(json: unknown, path: string): readonly Part[] {
  if (typeof json !== "object" || json === null) return [];
  if (Array.isArray(json)) {
    return json.slice(0, PARTS_MAX).map((part: unknown, index) => {
      return { path: `${path}[${index}]`, part, alone: [part], embed: (inner) => [inner] };
    });
  }
  return Object.entries(json)
    .slice(0, PARTS_MAX)
    .map(([key, part]) => {
      const embed = (inner: unknown) => Object.fromEntries([[key, inner]]);
      return { path: pathOf(path, key), part, alone: embed(part), embed };
    });
}
