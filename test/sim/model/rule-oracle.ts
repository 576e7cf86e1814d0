// A second reading of the rule sets that the simulated world uses: plain arithmetic over the document's text, sharing nothing
// with @muster/rules. It knows what world/rule-sets.ts may ask for, where every player counts for itself, and how that expands;
// what else a document says it leaves to the judge.

type Document = {
  readonly playerAttributes?: readonly { readonly name: string; readonly default?: unknown }[];
  readonly teams: readonly { readonly name: string; readonly minPlayers: number; readonly maxPlayers: number }[];
  readonly rules?: readonly Rule[];
  readonly expansions?: readonly { readonly target: string; readonly steps: readonly Step[] }[];
};
type Rule = {
  readonly name: string;
  readonly type: string;
  readonly measurements?: readonly string[];
  readonly operation?: string;
  readonly referenceValue?: unknown;
  readonly maxDistance?: number;
  readonly maxLatency?: number;
  readonly batchAttribute?: string;
};
type Step = { readonly waitTimeSeconds: number; readonly value: number };

export type OraclePlayer = {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly latenciesMs?: Readonly<Record<string, number>>;
};
export type OracleTeam = { readonly name: string; readonly players: readonly OraclePlayer[] };

const documents = new Map<string, Document>();

/** Why the teams are no legal match under the document after `ageMs`; undefined if nothing that is known here forbids it. */
export function findBreach(text: string, teams: readonly OracleTeam[], ageMs: number): string | undefined {
  const document = read(text);
  const { rules = [] } = document;
  return sizeBreach(document, teams, ageMs) ?? first(rules.map((rule) => ruleBreach(document, rule, { teams, ageMs })));
}

function read(text: string): Document {
  const known = documents.get(text);
  if (known) return known;
  const document: Document = JSON.parse(text);
  documents.set(text, document);
  return document;
}

function first(breaches: readonly (string | undefined)[]): string | undefined {
  return breaches.find((breach) => breach !== undefined);
}

function sizeBreach(document: Document, teams: readonly OracleTeam[], ageMs: number): string | undefined {
  for (const { name, players } of teams) {
    const template = document.teams.find((team) => name === team.name || name.startsWith(`${team.name}_`));
    if (!template) return `there is no team ${name}`;
    if (name !== template.name && players.length === 0) continue; // An instance that did not open.
    const least = expanded(document, `teams[${template.name}].minPlayers`, template.minPlayers, ageMs);
    const most = expanded(document, `teams[${template.name}].maxPlayers`, template.maxPlayers, ageMs);
    if (players.length < least || players.length > most) return `${name} has ${players.length} of ${least} to ${most}`;
  }
  return undefined;
}

type Case = { readonly teams: readonly OracleTeam[]; readonly ageMs: number };

function ruleBreach(document: Document, rule: Rule, { teams, ageMs }: Case): string | undefined {
  const [measurement = ""] = rule.measurements ?? [];
  const players = teams.flatMap((team) => team.players);
  const limitOf = (key: "maxDistance" | "maxLatency" | "referenceValue") =>
    expanded(document, `rules[${rule.name}].${key}`, Number(rule[key] ?? 0), ageMs);
  const within = (values: readonly number[], most: number) => Math.max(...values) - Math.min(...values) <= most + 1e-9;
  if (rule.type === "latency") {
    if (suitingRegions(document, players, ageMs).length > 0) return undefined;
    return `${rule.name} allows ${limitOf("maxLatency")} ms and no region suits everybody`;
  }
  if (rule.type.startsWith("batchDistance")) {
    const values = players.map((player) => Number(readValue(document, player, rule.batchAttribute ?? "")));
    if (values.length === 0 || within(values, limitOf("maxDistance"))) return undefined;
    return `${rule.name} allows ${limitOf("maxDistance")} and there are ${values}`;
  }
  if (measurement === "count(teams[*].players)" && rule.operation === "=" && rule.referenceValue === undefined) {
    const sizes = new Set(teams.map((team) => team.players.length));
    return sizes.size > 1 ? `${rule.name} asks for equal teams and there are ${[...sizes].join(" and ")}` : undefined;
  }
  const [, attribute = "", key] = /\[(\w+)\](?:\[(\w+)\])?\)*$/.exec(measurement) ?? [];
  const values = players.flatMap((player) => readValue(document, player, attribute, key) ?? []);
  if (rule.operation === "intersection") {
    const lists = players.map((player) => [readValue(document, player, attribute)].flat());
    const [first = [], ...others] = lists;
    if (first.some((text) => others.every((list) => list.includes(text)))) return undefined;
    return `${rule.name} asks for something that all share, and there is ${JSON.stringify(lists)}`;
  }
  if (rule.operation === "=" && measurement.startsWith("flatten(") && rule.referenceValue === undefined) {
    return new Set(values).size > 1 ? `${rule.name} asks for one value and there are ${values}` : undefined;
  }
  if (rule.operation === ">=" && typeof rule.referenceValue === "number") {
    const least = limitOf("referenceValue");
    const weak = values.find((value) => Number(value) < least);
    return weak === undefined ? undefined : `${rule.name} asks for ${least} and somebody has ${weak}`;
  }
  if (!rule.type.startsWith("distance") || rule.maxDistance === undefined) return undefined;
  const most = limitOf("maxDistance");
  if (measurement.startsWith("max(flatten(")) {
    const numbers = values.map(Number);
    if (numbers.length === 0 || within(numbers, most)) return undefined;
    return `${rule.name} allows ${most} and there are ${numbers}`;
  }
  const averages = teams.map((team) => ({
    name: team.name,
    value: average(team.players.map((player) => Number(readValue(document, player, attribute)))),
  }));
  const [, other] = /^avg\(teams\[(\w+)\]/.exec(String(rule.referenceValue)) ?? [];
  const isOfAll = /^avg\(flatten\(/.test(String(rule.referenceValue));
  const middle = isOfAll ? average(values.map(Number)) : averages.find(({ name }) => name === other)?.value;
  const isOfEach = /^teams\[\*\]/.test(measurement);
  const isOfTeams = /^avg\(teams\[/.test(measurement);
  if (middle === undefined || Number.isNaN(middle) || !(isOfEach || isOfTeams)) return undefined;
  const measured = isOfEach
    ? values.map(Number)
    : averages.map(({ value }) => value).filter((one) => !Number.isNaN(one));
  const far = measured.find((value) => Math.abs(value - middle) > most + 1e-9);
  return far === undefined ? undefined : `${rule.name} allows ${most} and there is ${far} beside ${middle}`;
}

/** The regions in which the latency rules of the document suit everybody after `ageMs`; all that anybody names without one. */
export function suitingRegions(
  text: string | Document,
  players: readonly OraclePlayer[],
  ageMs: number,
): readonly string[] {
  const document = typeof text === "string" ? read(text) : text;
  const regions = [...new Set(players.flatMap((player) => Object.keys(player.latenciesMs ?? {})))];
  const limits = (document.rules ?? [])
    .filter((rule) => rule.type === "latency")
    .map((rule) => expanded(document, `rules[${rule.name}].maxLatency`, rule.maxLatency ?? 0, ageMs));
  return regions.filter((region) =>
    players.every((player) =>
      limits.every((most) => (player.latenciesMs?.[region] ?? Number.POSITIVE_INFINITY) <= most),
    ),
  );
}

/**
 * Whether anybody could be added to teams of these sizes, so that numbers of players are legal at some age, and no team has more than
 * `most` of it. `shrinks`: fewer may do after a while.
 */
export function mayGrow(
  text: string,
  sizes: ReadonlyMap<string, number>,
  { most, shrinks }: { readonly most: ReadonlyMap<string, number>; readonly shrinks: boolean },
): boolean {
  const document = read(text);
  const isEven = (document.rules ?? []).some((rule) => rule.measurements?.[0] === "count(teams[*].players)");
  const ranges = document.teams.map(({ name, minPlayers, maxPlayers }) => {
    const size = sizes.get(name) ?? 0;
    const steps = (document.expansions ?? []).filter(({ target }) => target === `teams[${name}].minPlayers`);
    const minima = [minPlayers, ...(shrinks ? steps.flatMap((one) => one.steps.map(({ value }) => value)) : [])];
    return { size, least: Math.min(...minima), most: Math.min(most.get(name) ?? maxPlayers, maxPlayers) };
  });
  const grow = (index: number, grown: readonly number[]): boolean => {
    const range = ranges[index];
    if (!range)
      return grown.some((size, team) => size > (ranges[team]?.size ?? 0)) && !(isEven && new Set(grown).size > 1);
    const from = Math.max(range.size, range.least);
    const ways = Array.from(
      { length: Math.max(0, Math.max(range.most, range.size) - from + 1) },
      (_, more) => from + more,
    );
    return ways.some((size) => grow(index + 1, [...grown, size]));
  };
  return grow(0, []);
}

/** Whether the document has a latency rule. */
export function asksForRegions(text: string): boolean {
  return (read(text).rules ?? []).some((rule) => rule.type === "latency");
}

/** The attribute of the one window, where beside it only equal values that everybody has and numbers of players count. */
export function countedAxis(text: string): string | undefined {
  const { rules = [] } = read(text);
  const windows = rules.filter((rule) => rule.type === "batchDistance");
  const others = rules.filter((rule) => rule.type !== "batchDistance");
  const isEqual = ({ operation, measurements: [measurement = ""] = [], referenceValue }: Rule) => {
    const isOfOne =
      measurement === "count(teams[*].players)" || /^flatten\([^[]*\[\*\][^[]*\[\w+\]\)$/.test(measurement);
    return operation === "=" && isOfOne && referenceValue === undefined;
  };
  return windows.length === 1 && others.every(isEqual) ? windows[0]?.batchAttribute : undefined;
}

function readValue(document: Document, { attributes }: OraclePlayer, name: string, key?: string): unknown {
  const value = attributes[name] ?? document.playerAttributes?.find((one) => one.name === name)?.default;
  if (key === undefined) return value;
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Object.entries(value).find(([own]) => own === key)?.[1]
    : undefined;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value of `target` once a match has waited for `ageMs`. */
function expanded(document: Document, target: string, value: number, ageMs: number): number {
  const wildcard = target.replace(/\[\w+\]/, "[*]");
  const steps = (document.expansions ?? [])
    .filter((expansion) => expansion.target === target || expansion.target === wildcard)
    .flatMap((expansion) => expansion.steps)
    .filter((step) => step.waitTimeSeconds * 1_000 <= ageMs)
    .toSorted((one, other) => one.waitTimeSeconds - other.waitTimeSeconds);
  return steps.at(-1)?.value ?? value;
}
