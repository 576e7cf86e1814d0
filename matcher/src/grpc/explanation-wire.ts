// Explanations as muster.matchmaking.v1 has them.
import {
  ConstraintKind,
  ExpansionAge,
  type ExplainTicketResponse,
  type TicketExplanation as ExplanationMessage,
  TicketStanding,
} from "@muster/proto/matchmaking";
import type { TicketExplanation } from "../core/explain-ticket.ts";
import type { ConstraintView, WaitingExplanation } from "../engine/why/explain-waiting.ts";
import { writeQueryExplanation } from "./query-wire.ts";
import { writeTicket } from "./wire.ts";

export function writeExplanation(from: TicketExplanation): ExplainTicketResponse {
  const { ticket, estimatedWaitMs, byRuleSet } = from;
  const [preferred, ...alternatives] = byRuleSet.map(({ ruleSet, waiting }) => {
    return { ruleSet, explanation: writeWaiting(from, waiting) };
  });
  return {
    ticket: { ...writeTicket(ticket), estimatedWaitMs },
    ruleSet: "",
    explanation: undefined,
    ...preferred,
    alternatives,
  };
}

function writeWaiting(
  { waitedMs, timesOutInMs = -1, othersSearching, query }: TicketExplanation,
  waiting: WaitingExplanation,
): ExplanationMessage {
  const { players, expansion } = waiting;
  return {
    standing: STANDINGS[waiting.standing],
    waitedMs,
    timesOutInMs,
    othersSearching,
    othersOpen: waiting.others,
    brokenRules: [...waiting.broken],
    missingAttributes: [...waiting.attributesMissing],
    constraints: waiting.constraints.map(writeConstraint),
    fitting: waiting.fitting && { ...waiting.fitting },
    players: players && {
      present: players.present,
      needed: players.needed,
      missing: players.missing,
      byTeam: players.byTeam.map(({ team, players: count }) => ({ team, players: count })),
    },
    nextExpansion: expansion && {
      atAgeMs: expansion.atAgeMs,
      inMs: Math.max(0, Math.ceil(expansion.inMs)),
      changes: expansion.changes.map(({ target, from: was, to }) => ({ target, from: was, to })),
    },
    expansionAge: waiting.expansionAge === "newest" ? ExpansionAge.NEWEST : ExpansionAge.OLDEST,
    query: query && writeQueryExplanation(query),
  };
}

function writeConstraint({ rule, kind, over, says, fitting, nearest }: ConstraintView) {
  return {
    rule: rule ?? "",
    kind: KINDS[kind],
    over,
    says,
    fitting: fitting && { ...fitting },
    nearestMiss: nearest && { ...nearest },
  };
}

const STANDINGS = {
  open: TicketStanding.OPEN,
  "set-aside": TicketStanding.SET_ASIDE,
  barred: TicketStanding.BARRED,
} as const;

const KINDS = {
  admission: ConstraintKind.ADMISSION,
  partition: ConstraintKind.PARTITION,
  mask: ConstraintKind.MASK,
  window: ConstraintKind.WINDOW,
  recipe: ConstraintKind.RECIPE,
  order: ConstraintKind.ORDER,
  residual: ConstraintKind.RESIDUAL,
} as const;
