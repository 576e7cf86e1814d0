// Why a ticket waits, as backends and the command line have it: the message in plain values, absent parts undefined.
import * as wire from "../../gen/muster/matchmaking/v1/matchmaking.ts";
import { fieldInvalid } from "../muster-error.ts";
import { type EnumWord, readEnum } from "../wire-enum.ts";

/** What each field means stands in proto/muster/matchmaking/v1/matchmaking.proto. Counts are of other tickets. */
export type Explanation = {
  readonly standing: EnumWord<typeof wire.TicketStanding> | undefined;
  readonly waitedMs: number;
  /** -1: it never does. */
  readonly timesOutInMs: number;
  readonly othersSearching: number;
  readonly othersOpen: number;
  readonly brokenRules: readonly string[];
  readonly missingAttributes: readonly string[];
  readonly constraints: readonly ExplainedConstraint[];
  readonly fitting: ExplainedCount | undefined;
  readonly players:
    | {
        readonly present: number;
        readonly needed: number;
        readonly missing: number | undefined;
        readonly byTeam: readonly { readonly team: string; readonly players: number }[];
      }
    | undefined;
  readonly nextExpansion:
    | {
        readonly atAgeMs: number;
        readonly inMs: number;
        readonly changes: readonly { readonly target: string; readonly from: string; readonly to: string }[];
      }
    | undefined;
  readonly expansionAge: EnumWord<typeof wire.ExpansionAge> | undefined;
  /** Undefined: the configuration has a rule set. */
  readonly query?: ExplainedQuery | undefined;
};

/** What a ticket's query leaves of the others. */
export type ExplainedQuery = Readonly<Omit<wire.QueryExplanation, "clauses" | "nearest">> & {
  readonly clauses: readonly { readonly says: string; readonly holds: number; readonly left: number }[];
  readonly nearest: readonly { readonly misses: readonly string[] }[];
};

/** By one of the rule sets that the ticket may be matched by. */
export type ExplainedRuleSet = { readonly ruleSet: string; readonly explanation: Explanation };

/** `tickets`, or at least so many. */
export type ExplainedCount = { readonly tickets: number; readonly orMore: boolean };

export type ExplainedConstraint = {
  /** Undefined: party sizes and the teams that players ask for. */
  readonly rule: string | undefined;
  readonly kind: EnumWord<typeof wire.ConstraintKind> | undefined;
  readonly over: string;
  readonly says: string;
  readonly fitting: ExplainedCount | undefined;
  readonly nearestMiss: { readonly distance: number; readonly allowed: number; readonly orLess: boolean } | undefined;
};

/** Of all its rule sets, the preferred one first. @throws {MusterError} FIELD_INVALID if one has no explanation. */
export function readExplanations({
  ruleSet,
  explanation,
  alternatives,
}: Omit<wire.ExplainTicketResponse, "ticket">): readonly [ExplainedRuleSet, ...ExplainedRuleSet[]] {
  const read = (one: wire.RuleSetExplanation) => ({ ...one, explanation: readExplanation(one.explanation) });
  return [read({ ruleSet, explanation }), ...alternatives.map(read)];
}

function readExplanation(message: wire.TicketExplanation | undefined): Explanation {
  if (!message) throw fieldInvalid("explanation", "present in the answer", "absent");
  return {
    standing: readEnum(wire.TicketStanding, message.standing),
    waitedMs: message.waitedMs,
    timesOutInMs: message.timesOutInMs,
    othersSearching: message.othersSearching,
    othersOpen: message.othersOpen,
    brokenRules: message.brokenRules,
    missingAttributes: message.missingAttributes,
    constraints: message.constraints.map(({ rule, kind, over, says, fitting, nearestMiss }) => ({
      ...{ rule: rule || undefined, kind: readEnum(wire.ConstraintKind, kind), over, says, fitting, nearestMiss },
    })),
    fitting: message.fitting,
    players: message.players && { ...message.players, missing: message.players.missing },
    nextExpansion: message.nextExpansion,
    expansionAge: readEnum(wire.ExpansionAge, message.expansionAge),
    ...(message.query && { query: message.query }),
  };
}
