// latency: at least one region suits everybody. A region does if each player (or party, as it aggregates) measured it at
// `maxLatency` or less (FlexMatch may leave it out where it gives a distance), and, where asked, within `maxDistance` of the lowest or average one there. A region that somebody
// did not measure suits nobody.
import type { PartyAggregation } from "../language/expression.ts";
import { readChoice, readNumber, refuse } from "../language/spot.ts";
import type { Roster, SeatedPlayer } from "../roster.ts";
import type { RuleType } from "./rule-type.ts";

const references = ["min", "avg"] as const;

export type LatencyRule = {
  readonly name: string;
  readonly type: "latency";
  readonly maxLatencyMs: number;
  /** How far from the reference of its region a latency may be; undefined where the document does not ask. */
  readonly distance: { readonly maxMs: number; readonly reference: (typeof references)[number] } | undefined;
  readonly aggregation: PartyAggregation;
};

export const latency: RuleType<LatencyRule> = {
  names: ["latency", "latencyRule"],
  keys: ["maxLatency", "maxDistance", "distanceReference"],

  parse(fields, { name, declared, aggregation: given, spot }) {
    const aggregation = given ?? (declared.dialect === "FLEXMATCH" ? "avg" : "each");
    if (aggregation === "union" || aggregation === "intersection") {
      return refuse({ ...spot, path: `${spot.path}.partyAggregation`, value: given }, "must fit numbers");
    }
    const [distance, reference] = [fields("maxDistance"), fields("distanceReference")];
    const isOptional = declared.dialect === "FLEXMATCH" && distance.value !== undefined;
    const isAbsent = isOptional && fields("maxLatency").value === undefined;
    const maxLatencyMs = isAbsent ? anyLatency.max : readNumber(fields("maxLatency"), anyLatency);
    if (distance.value === undefined && reference.value === undefined) {
      if (maxLatencyMs === undefined) return undefined;
      return { name, type: "latency", maxLatencyMs, distance: undefined, aggregation };
    }
    const maxMs = readNumber(distance, anyLatency);
    const against = readChoice(reference, references);
    if (maxLatencyMs === undefined || maxMs === undefined || !against) return undefined;
    return { name, type: "latency", maxLatencyMs, distance: { maxMs, reference: against }, aggregation };
  },

  expandable: ["maxLatency", "maxDistance"],
  expand(rule, field, spot) {
    const value = readNumber(spot, anyLatency);
    if (value === undefined) return undefined;
    if (field === "maxLatency") return { ...rule, maxLatencyMs: value };
    if (!rule.distance) return refuse(spot, "must expand a maxDistance that the rule has");
    return { ...rule, distance: { ...rule.distance, maxMs: value } };
  },

  expressions: () => [],
  isCountsOnly: () => false,
  readsLatencies: () => true,

  findBreach(rule, roster) {
    if (!isMeasured(roster) || regionsOf(rule, roster).length > 0) return undefined;
    const and = rule.distance ? ` and ${rule.distance.maxMs} ms of the ${rule.distance.reference}` : "";
    return `in no region within ${rule.maxLatencyMs} ms${and} for everybody`;
  },

  /** A newcomer may bring an average nearer, but takes no region away from the far ones. */
  mayStillHold: (rule, roster) => !isMeasured(roster) || regionsOf({ ...rule, distance: undefined }, roster).length > 0,

  constraints({ maxLatencyMs, distance }) {
    const mask = { kind: "mask", over: "regions", says: `one at ${maxLatencyMs} ms or less for all` } as const;
    if (!distance) return [mask];
    const says = `within ${distance.maxMs} ms of its ${distance.reference}`;
    return [mask, { kind: "residual", over: "regions", says, prunes: false }];
  },

  kinship: (rule) => ({
    type: "shared",
    least: 1,
    read: (roster) => regionsOf({ ...rule, distance: undefined }, roster),
  }),
};

/** GPM's bound. Larger ones mean: any. */
const anyLatency = { min: 0, max: 999_999 };

/** Whether anything is known of anybody. */
function isMeasured(roster: Roster): boolean {
  return roster.some((team) => team.players.some((player) => player.latenciesMs !== undefined));
}

/** The regions that suit everybody in `roster` of whom anything is known, in alphabetical order. Empty for nobody. */
export function regionsOf(rule: LatencyRule, roster: Roster): readonly string[] {
  const parties = roster.flatMap((team) => partiesOf(team.players));
  const [first] = parties;
  if (!first) return [];
  const regions = Object.keys(first[0]?.latenciesMs ?? {}).toSorted();
  return regions.filter((region) => {
    const values = parties.flatMap((party) => latenciesOf(party, region, rule.aggregation));
    return values.every((value) => value <= rule.maxLatencyMs) && isNear(rule, values);
  });
}

function isNear({ distance }: LatencyRule, values: readonly number[]): boolean {
  if (!distance) return true;
  const reference =
    distance.reference === "min"
      ? values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
      : values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.every((value) => Math.abs(value - reference) <= distance.maxMs);
}

/** What the party counts as in the region. Infinite for a member who did not measure it, so that nobody is left behind. */
function latenciesOf(party: readonly SeatedPlayer[], region: string, how: PartyAggregation): readonly number[] {
  const values = party.map(({ latenciesMs = {} }) => {
    return Object.hasOwn(latenciesMs, region)
      ? (latenciesMs[region] ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
  });
  if (values.includes(Number.POSITIVE_INFINITY)) return [Number.POSITIVE_INFINITY];
  switch (how) {
    case "min":
      return [values.reduce((least, value) => Math.min(least, value))];
    case "max":
      return [values.reduce((most, value) => Math.max(most, value))];
    case "avg":
      return [values.reduce((sum, value) => sum + value, 0) / values.length];
    case "any":
      return values.slice(0, 1);
    case "each":
    case "union":
    case "intersection":
      return values;
  }
}

/** Players who came together; who came with no ticket is a party of one. Members by id, so that `any` has one answer. */
function partiesOf(players: readonly SeatedPlayer[]): readonly (readonly SeatedPlayer[])[] {
  const parties = new Map<string, SeatedPlayer[]>();
  for (const player of players) {
    if (player.latenciesMs === undefined) continue;
    const key = player.ticketId === undefined ? `player ${player.playerId}` : `ticket ${player.ticketId}`;
    const party = parties.get(key);
    if (party) party.push(player);
    else parties.set(key, [player]);
  }
  return [...parties.values()].map((party) => party.toSorted((one, other) => (one.playerId < other.playerId ? -1 : 1)));
}
