// A configuration under virtual time, without fleet or network: the production core decides, and time goes from one thing that
// happens to the next. A round costs nothing here; everything else is as in a running matcher.
import { createSeededRandom } from "@muster/kit";
import { MusterError, parseId } from "@muster/proto";
import { ticketsOf } from "../core/match.ts";
import { createDepartures, type Departure } from "./departures.ts";
import { failingMatch, handleEvent, isAnswer } from "./handle-event.ts";
import type { SimulationSetting } from "./read-simulation-setting.ts";
import { createSimulatedMatcher } from "./simulated-matcher.ts";
import type { SimulationEvent } from "./simulation-event.ts";
import type { SimulationFact } from "./simulation-fact.ts";

export type SimulationOptions = {
  /** When to stop, in seconds, what happens at that instant included. Default: the last event and the request timeout. */
  readonly untilSeconds?: number;
  /** Where everything that is left to chance is drawn from. Default 1. */
  readonly seed?: number;
};

/**
 * What happens when `events`, sorted by `at`, meet the matcher: fact by fact, the summary last. Of one instant, searches that
 * are due end first, then the events come in their order, then players leave who have stayed long enough, then rounds run; but
 * where `events` has rounds of a running matcher, as `recordEvents()` makes them, these run in their place among the events, and no
 * others. Players who are asked whether they want a match accept at once, unless some event answers for somebody, or has rounds. An event that the API would refuse is told as
 * Refused, and changes nothing. The same input has the same facts.
 *
 * @example
 * const setting = readSimulationSetting(JSON.parse(readFileSync("ladder.json", "utf8")));
 * const events = [{ at: 0, op: "start", ticketId: "t1", players: [{ playerId: "p1", attributes: { skill: 1200 } }] }];
 * for (const fact of simulate(setting, events)) console.log(writeSimulationFact(fact));
 */
export function* simulate(
  setting: SimulationSetting,
  events: readonly SimulationEvent[],
  options: SimulationOptions = {},
): Generator<SimulationFact, void, undefined> {
  const { seed = 1, untilSeconds } = options;
  const lastAtMs = atMsOf(events.at(-1));
  const untilMs = untilSeconds === undefined ? lastAtMs + patienceMs(setting) : Math.round(untilSeconds * 1_000);
  const failures = countFailures(events);
  let told: SimulationFact[] = [];
  const departures = createDepartures();
  const matcher = createSimulatedMatcher({
    setting,
    random: createSeededRandom(seed),
    isHeld: (matchId) => (failures.get(matchId) ?? 0) > 0,
    acceptsAtOnce: !events.some(({ op }) => isAnswer(op) || op === "round"),
    hasRecordedRounds: events.some(({ op }) => op === "round"),
    tell(fact) {
      told.push(fact);
      departures.seat(fact);
    },
  });
  const handle = (event: SimulationEvent) => {
    const failing = failingMatch(event);
    if (failing !== undefined) failures.set(failing, (failures.get(failing) ?? 0) - 1);
    try {
      handleEvent(matcher, event);
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      matcher.story.refused(refusalOf(event, error));
    }
  };

  /** Whoever sits in a session that still runs leaves it. */
  const depart = ({ battleSessionId, playerId }: Departure) => {
    const session = matcher.fleet.find(parseId("battleSessionId", battleSessionId));
    if (session?.state !== "ACTIVE" || !session.playerSessions.some((seat) => seat.playerId === playerId)) return;
    const at = matcher.nowMs() / 1_000;
    told.push({ at, type: "PlayerLeft", battleSessionId, playerId });
    handle({ at, op: "playerLeft", battleSessionId, playerId });
  };

  let next = 0;
  for (;;) {
    const event = events[next];
    const times = [event && atMsOf(event), departures.nextAtMs(), matcher.nextAtMs()].filter(
      (time) => time !== undefined,
    );
    const nowMs = Math.min(...times);
    if (nowMs > untilMs) break; // Nothing is left to happen: infinite.
    matcher.advance(nowMs);
    for (let due = events[next]; due && atMsOf(due) <= nowMs; due = events[next]) {
      next += 1;
      departures.arrive(due);
      handle(due);
    }
    for (const departure of departures.takeDue(nowMs)) depart(departure);
    matcher.advance(nowMs); // A ticket that came back to the search may be past its time.
    matcher.runRounds();
    yield* told;
    told = [];
  }
  const searching = matcher.state.pools.get(setting.configuration.name)?.searching.size ?? 0;
  const asked = [...matcher.state.proposals.values()].flatMap(({ match }) => ticketsOf(match.players)).length;
  const { tickets } = matcher.state;
  const prepared = [...tickets.values()].filter(({ ticket }) => ticket.state.phase === "PREPARING").length;
  const ticketsLeft = searching + asked + prepared;
  yield matcher.story.summary({ untilMs, ticketsLeft });
}

/** How long something may come of the last event. */
function patienceMs({ configuration: { requestTimeoutMs, acceptance } }: SimulationSetting): number {
  return (requestTimeoutMs ?? 0) + (acceptance?.timeoutMs ?? 0);
}

/** To the ns: what was recorded has fractions of a ms, and 1.001 s are 1,001 ms. */
function atMsOf(event: SimulationEvent | undefined): number {
  return event ? Math.round(event.at * 1e9) / 1e6 : 0;
}

/** How often the placement of each match is going to end without a session. */
function countFailures(events: readonly SimulationEvent[]): Map<string, number> {
  const failures = new Map<string, number>();
  for (const event of events) {
    const matchId = failingMatch(event);
    if (matchId !== undefined) failures.set(matchId, (failures.get(matchId) ?? 0) + 1);
  }
  return failures;
}

function refusalOf(event: SimulationEvent, { reason, message }: MusterError) {
  const named = (["ticketId", "battleSessionId", "matchId"] as const).flatMap((field) => {
    const value = event[field];
    return typeof value === "string" ? [[field, value] as const] : [];
  });
  return { op: event.op, ...Object.fromEntries(named), reason, message };
}
