// A second reading of the rule sets that the simulated world uses: plain arithmetic over the document's text, sharing nothing
// with @muster/rules. It knows team sizes, "as many in every team" and distances of averages, and how these two expand; what
// else a document says it leaves to the judge.

type Document = {
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
};
type Step = { readonly waitTimeSeconds: number; readonly value: number };

export type OracleTeam = {
  readonly name: string;
  readonly players: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
};

const documents = new Map<string, Document>();

/** Why the teams are no legal match under the document after `ageMs`; undefined if nothing that is known here forbids it. */
export function findBreach(text: string, teams: readonly OracleTeam[], ageMs: number): string | undefined {
  const document = documents.get(text) ?? readDocument(text);
  documents.set(text, document);
  const { rules = [] } = document;
  return sizeBreach(document, teams, ageMs) ?? first(rules.map((rule) => ruleBreach(document, rule, { teams, ageMs })));
}

function readDocument(text: string): Document {
  const document: Document = JSON.parse(text);
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
  if (rule.operation === "=" && measurement === "count(teams[*].players)" && rule.referenceValue === undefined) {
    const sizes = new Set(teams.map((team) => team.players.length));
    return sizes.size > 1 ? `${rule.name} asks for equal teams and there are ${[...sizes].join(" and ")}` : undefined;
  }
  const [, attribute] =
    /^avg\(teams\[\*\]\.players\.(?:playerAttributes|attributes)\[(\w+)\]\)$/.exec(measurement) ?? [];
  const isSpread = rule.type === "distanceRule" && rule.maxDistance !== undefined && attribute !== undefined;
  if (!isSpread || !/^avg\(flatten\(/.test(String(rule.referenceValue))) return undefined;
  const values = teams.map((team) => team.players.map((player) => Number(player.attributes[attribute])));
  const middle = average(values.flat());
  const most = expanded(document, `rules[${rule.name}].maxDistance`, rule.maxDistance ?? 0, ageMs);
  const far = values.map(average).find((value) => Math.abs(value - middle) > most + 1e-9);
  return far === undefined ? undefined : `${rule.name} allows ${most} and a team averages ${far} beside ${middle}`;
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
