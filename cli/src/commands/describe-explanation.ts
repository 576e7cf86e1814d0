// Why a ticket waits, for people: a table of what each rule leaves of the others, and a sentence for all else.
import type { ExplainedConstraint, ExplainedCount, ExplainedRuleSet, Explanation } from "@muster/proto/matchmaking";
import type { Ticket } from "../contract/ticket.ts";
import { describePatience, describeQueryExplanation } from "./describe-query-explanation.ts";
import { formatTable } from "./format-table.ts";

/** By each rule set that may match the ticket, the preferred one first; which one is said where there are several. */
export function describeExplanations(
  ticket: Ticket,
  [preferred, ...alternatives]: readonly [ExplainedRuleSet, ...ExplainedRuleSet[]],
): readonly string[] {
  if (alternatives.length === 0) return describeExplanation(ticket, preferred.explanation);
  return [
    ...head(ticket, preferred.explanation),
    `BY ${preferred.ruleSet}, which is tried first`,
    ...body(preferred.explanation),
    ...alternatives.flatMap(({ ruleSet, explanation }) => [`BY ${ruleSet}`, ...body(explanation)]),
  ];
}

export function describeExplanation(ticket: Ticket, explanation: Explanation): readonly string[] {
  return [...head(ticket, explanation), ...body(explanation)];
}

function head(ticket: Ticket, { waitedMs, timesOutInMs }: Explanation): readonly string[] {
  const waits = `${ticket.ticketId} has searched for ${seconds(waitedMs)} in ${ticket.configuration}`;
  const until = timesOutInMs < 0 ? ", as long as it likes" : ` and times out in ${seconds(timesOutInMs)}`;
  return [`${waits}${until}${estimate(ticket.estimatedWaitMs)}`];
}

function body(explanation: Explanation): readonly string[] {
  const { othersSearching, othersOpen } = explanation;
  return [
    ...standing(explanation),
    `${tickets(othersSearching)} there, ${othersOpen} of them to be matched just now`,
    ...table(explanation),
    ...(explanation.query ? describeQueryExplanation(explanation.query) : []),
    ...numbers(explanation),
    explanation.query ? describePatience(explanation.query) : expansion(explanation),
  ];
}

function estimate(waitMs: number | undefined): string {
  return waitMs === undefined
    ? ""
    : `; like others lately it will have waited for about ${seconds(waitMs)} when it is matched`;
}

function standing({ standing: present, brokenRules, missingAttributes }: Explanation): readonly string[] {
  const lines: string[] = [];
  if (present === "BARRED") lines.push("it fits into no match, whoever comes and however long it waits");
  if (present === "SET_ASIDE") lines.push("just now it may not be matched: it is being seated, cancelled or timed out");
  if (missingAttributes.length > 0) lines.push(`a player of it lacks ${missingAttributes.join(", ")}`);
  if (brokenRules.length > 0) lines.push(`at its present age it breaks ${brokenRules.join(", ")}, whoever else comes`);
  return lines;
}

function table({ constraints, fitting }: Explanation): readonly string[] {
  if (constraints.length === 0) return [];
  const rows = constraints.map((one) => [
    one.rule ?? "(seats)",
    one.fitting ? count(one.fitting) : "",
    `${one.over}, ${one.says}${remark(one)}`,
  ]);
  const all = fitting ? [["all of these", count(fitting), ""]] : [];
  return formatTable(["RULE", "OTHERS FIT", "WHAT IT ASKS"], [...rows, ...all]);
}

function remark({ kind, fitting, nearestMiss }: ExplainedConstraint): string {
  if (kind === "RESIDUAL") return " (judged match by match)";
  if (kind === "ORDER") return " (keeps nobody out)";
  if (kind === "RECIPE" && !fitting) return " (by numbers, see below)";
  if (!nearestMiss) return "";
  const { distance, allowed, orLess } = nearestMiss;
  return `; the nearest who does not fit is ${distance}${orLess ? " or less" : ""} away, ${allowed} is allowed`;
}

function numbers({ players, fitting }: Explanation): readonly string[] {
  if (!players) return [];
  const { present, needed, missing, byTeam } = players;
  const more = fitting?.orMore ? " or more" : "";
  const have = `with those who fit it there are ${present}${more} players, and a match needs ${needed}`;
  if (missing === undefined) return [have];
  if (missing === 0) return [`${have}: by numbers nothing is missing, if they also fit one another`];
  const teams = byTeam.map(({ team, players: lacking }) => `${lacking} in ${team}`).join(", ");
  return [`${have}: at least ${missing} more must come${teams === "" ? "" : `, such as ${teams}`}`];
}

function expansion({ nextExpansion, expansionAge }: Explanation): string {
  if (!nextExpansion) return "waiting loosens nothing any more";
  const { inMs, atAgeMs, changes } = nextExpansion;
  const whose = expansionAge === "OLDEST" ? "the oldest ticket of a match" : "every ticket of a match";
  const list = changes.map(({ target, from, to }) => `${target} ${from} → ${to}`).join(", ");
  return `in ${seconds(inMs)}, at the age of ${seconds(atAgeMs)}: ${list}, once ${whose} is so old`;
}

function count({ tickets: found, orMore }: ExplainedCount): string {
  return orMore ? `${found} or more` : `${found}`;
}

function tickets(others: number): string {
  return others === 1 ? "1 other searches" : `${others} others search`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
