// A running matcher is recorded, and its recording replayed: the same tickets meet in the same teams.

import type { Journal } from "@muster/journal";
import { createSeededRandom, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { MatchAnswer, noProperties, TicketEventType, TicketState } from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import { expect, test, vi } from "vitest";
import { evolve } from "../../core/evolve.ts";
import { createMatcherState, type MatcherState } from "../../core/matcher-state.ts";
import { factCodec } from "../../journal-codec/fact-codec.ts";
import { configurationOf, createWorld, type World, worldConfig } from "../../matcher-world.fixture.ts";
import { openSocketWorld } from "../../socket-world.fixture.ts";
import { readSimulationSetting } from "../read-simulation-setting.ts";
import { simulate } from "../simulate.ts";
import { readSimulationEvents } from "../simulation-event.ts";
import type { RecordedFact } from "./foresight.ts";
import { type Recording, recordEvents } from "./record-events.ts";
import { recordedSetting } from "./recording-setting.ts";

async function factsIn(journal: Journal): Promise<readonly RecordedFact[]> {
  const facts: RecordedFact[] = [];
  for await (const { timeMs, kind, body } of journal.read("matcher", 1)) {
    facts.push({ atMs: timeMs, fact: factCodec.decode(kind, body).fact });
  }
  return facts;
}

/** "bs_1 red:a,b blue:c": the groups that were matched, fills with their session left unnamed: it has another name in the replay. */
function groupsOf(facts: readonly RecordedFact[], configuration: string): readonly string[] {
  const applied = new Set(facts.flatMap(({ fact }) => (fact.type === "fill-applied" ? [fact.fillId] : [])));
  const tickets = new Set(
    facts.flatMap(({ fact }) =>
      fact.type === "ticket-created" && fact.configuration === configuration ? [fact.ticketId] : [],
    ),
  );
  return facts.flatMap(({ fact }) => {
    if (fact.type === "match-formed" && fact.match.configuration === configuration) return [group(fact.match.players)];
    if (fact.type !== "fill-decided" || !applied.has(fact.fillId)) return [];
    return fact.newcomers.some(({ ticketId }) => tickets.has(ticketId)) ? [`fill ${group(fact.newcomers)}`] : [];
  });
}

/** Of `ticketIds` those that were never in a fill that was refused: their time may have passed while it was under way. */
function unrefused(facts: readonly RecordedFact[], ticketIds: readonly string[]): readonly string[] {
  const applied = new Set(facts.flatMap(({ fact }) => (fact.type === "fill-applied" ? [fact.fillId] : [])));
  const refused = new Set<string>();
  for (const { fact } of facts) {
    if (fact.type !== "fill-decided" || applied.has(fact.fillId)) continue;
    for (const { ticketId } of fact.newcomers) refused.add(ticketId);
  }
  return ticketIds.filter((ticketId) => !refused.has(ticketId)).toSorted();
}

function timedOutIn(facts: readonly RecordedFact[], configuration: string): readonly string[] {
  const entries = [...stateAfter(facts).tickets.values()];
  const ours = entries.filter(({ ticket }) => ticket.configuration === configuration);
  return ours.flatMap(({ ticket }) => (ticket.state.phase === "TIMED_OUT" ? [ticket.ticketId] : []));
}

type Seat = { readonly team: string; readonly ticketId: string; readonly playerId: string };

function group(seats: readonly Seat[]): string {
  return seats
    .map(({ team, ticketId, playerId }) => `${team}:${ticketId}/${playerId}`)
    .toSorted()
    .join(" ");
}

type Replay = {
  readonly groups: readonly string[];
  readonly refused: readonly string[];
  readonly timedOut: readonly string[];
};

/** The recording as a file would bring it, replayed. */
function replay(facts: readonly RecordedFact[], recording: Recording, configuration: string): Replay {
  const setting = readSimulationSetting(JSON.parse(JSON.stringify(recordedSetting(facts, { configuration }))));
  const events = readSimulationEvents(recording.events.map((event) => JSON.stringify(event)).join("\n"));
  const untilSeconds = ((facts.at(-1)?.atMs ?? 0) - Math.floor(facts[0]?.atMs ?? 0)) / 1_000;
  const told = [...simulate(setting, events, { untilSeconds })];
  // Who is asked was matched when the match was proposed.
  const isAsked = told.some(({ type }) => type === "MatchProposed");
  const groups = told.flatMap((fact) => {
    if (fact.type !== (isAsked ? "MatchProposed" : "MatchFormed")) return [];
    const seats = Object.entries(fact.teams).flatMap(([team, players]) => players.map((one) => ({ team, ...one })));
    return [`${"battleSessionId" in fact ? "fill " : ""}${group(seats)}`];
  });
  return {
    groups,
    refused: told.flatMap((fact) => (fact.type === "Refused" ? [`${fact.op}: ${fact.message}`] : [])),
    timedOut: told.flatMap((fact) => (fact.type === "TicketTimedOut" ? [fact.ticketId] : [])),
  };
}

const CONFIGURATIONS = ["duel", "equal", "auto", "group", "asked", "asked-once"];
const config = {
  ...worldConfig,
  configurations: [
    ...worldConfig.configurations,
    configurationOf({ name: "asked", ruleSet: "equal", acceptance: { timeoutMs: 1_000, autoContinue: true } }),
    configurationOf({ name: "asked-once", acceptance: { timeoutMs: 1_000, autoContinue: false } }),
  ],
};

/** Players come alone and in parties, wait, cancel, leave battles, come back; placements fail, battles close and end. */
async function play(world: World, random: Random, steps: number): Promise<void> {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random.fraction() * items.length)];
  let counter = 0;
  const queue = () => {
    const size = random.fraction() < 0.25 ? 2 : 1;
    const players = Array.from({ length: size }, (_, index) => `p${counter + index + 1}`);
    counter += size;
    return world.queue(pick(CONFIGURATIONS) ?? "", ...players);
  };
  /** Somebody who is asked says yes or no, alone or for the whole ticket. */
  const answer = async () => {
    const ids = asked.filter(() => random.fraction() < 0.5);
    for (const ticketId of ids) {
      const { matchId, proposal, players } = await world.ticket(ticketId);
      if (!proposal) continue;
      const playerIds = players.map(({ playerId }) => playerId).slice(0, random.fraction() < 0.6 ? 100 : 1);
      const word = random.fraction() < 0.85 ? MatchAnswer.ACCEPT : MatchAnswer.REFUSE;
      await world.matching.acceptMatch({ ticketId, matchId, playerIds, answer: word });
    }
  };
  const asked: string[] = [];
  const hear = async () => {
    const watch = { ticketIds: [], configuration: "", resumeToken: "" };
    for await (const { type, ticket } of world.matching.watchTickets(watch)) {
      if (type !== TicketEventType.STATE_CHANGED || ticket?.state !== TicketState.REQUIRES_ACCEPTANCE) continue;
      asked.push(ticket.ticketId);
      if (asked.length > 8) asked.shift();
    }
  };
  hear().catch(() => undefined); // The world ends before the stream does.
  let release: () => void = () => undefined;
  const deeds: (() => unknown)[] = [
    () => {
      release();
      const held = Promise.withResolvers<void>();
      world.fleet.holdFills = held.promise;
      release = () => {
        held.resolve();
        world.fleet.holdFills = undefined;
      };
    },
    ...[queue, queue, queue, queue, queue, queue, queue, answer, answer],
    () => {
      const ticketId = `t-p${1 + Math.floor(random.fraction() * counter)}`;
      return world.matching.cancelMatching({ ticketId });
    },
    () => world.fleet.leave(pick(pick(world.fleet.sessions())?.playerSessions ?? [])?.playerId ?? ""),
    () => world.fleet.leave(pick(pick(world.fleet.sessions())?.playerSessions ?? [])?.playerId ?? ""),
    () => world.fleet.outcomes.push(pick(["FAILED", "TIMED_OUT", "FULFILLED"] as const) ?? "FULFILLED"),
    () => {
      const session = pick(world.fleet.sessions());
      const creationPolicy = pick(["ACCEPT_ALL", "ACCEPT_ALL", "DENY_ALL"] as const);
      if (session && creationPolicy) world.fleet.change({ creationPolicy }, session.battleSessionId);
    },
    () => {
      const session = pick(world.fleet.sessions());
      if (session && random.fraction() < 0.3) world.fleet.end("GAME_ENDED", session.battleSessionId);
    },
    () => {
      const session = pick(world.fleet.sessions());
      const isCustom = random.fraction() < 0.5;
      return world.backfill.startBackfill({
        battleSessionId: session?.battleSessionId ?? "",
        strategy: isCustom ? BackfillStrategy.CUSTOM : BackfillStrategy.MAX_POSSIBLE,
        addPlayers: isCustom ? { red: 1, blue: 1 } : {},
        ...{ replace: random.fraction() < 0.5, requestId: "", capability: "", seenRevision: 0 },
      });
    },
    () => {
      const session = pick(world.fleet.sessions());
      const request = { battleSessionId: session?.battleSessionId ?? "", requestId: "", capability: "" };
      if (random.fraction() < 0.2) return world.backfill.cancelBackfill(request);
      world.fleet.accept(...(session?.playerSessions ?? []).map(({ playerId }) => playerId));
      return undefined;
    },
  ];
  for (let step = 0; step < steps; step += 1) {
    if (random.fraction() < 0.1) release();
    void Promise.resolve(pick(deeds)?.()).catch((error: unknown) => {
      if (!(error instanceof MusterError)) throw error; // Some are refused, or have to wait, as in life.
    });
    await world.clock.advance(Math.floor(random.fraction() * 40));
    if (random.fraction() < 0.01) await world.clock.advance(61_000);
  }
  release();
  await world.clock.advance(15_000); // Until calls that had to wait have their answer.
}

/** More with SEEDS=300. */
const SEEDS = Number(process.env.SEEDS ?? 12);
/** What the recordings had in them. */
const met = new Map<string, number>();
for (let seed = 1; seed <= SEEDS; seed += 1) {
  test(`a replay of recorded play ${seed} forms the matches and fills that were`, async () => {
    await using world = await createWorld({ seed, config });
    await play(world, createSeededRandom(seed), 300);
    expect(world.faults).toEqual([]);
    const facts = await factsIn(world.journal);
    for (const { fact } of facts) met.set(fact.type, (met.get(fact.type) ?? 0) + 1);
    for (const configuration of CONFIGURATIONS) {
      const recording = recordEvents(facts, { configuration });
      const { groups, refused, timedOut } = replay(facts, recording, configuration);
      expect({ configuration, groups }).toEqual({ configuration, groups: groupsOf(facts, configuration) });
      if (recording.notes.length > 0) continue; // Seats ran out unheard: a ticket is searching that is seated in the replay.
      expect({ configuration, refused }).toEqual({ configuration, refused: [] });
      expect(unrefused(facts, timedOut)).toEqual(unrefused(facts, timedOutIn(facts, configuration)));
    }
  });
}

test("recorded play has fills, refused ones too, lost placements, cancels and timeouts", () => {
  const kinds = ["fill-applied", "fill-dropped", "placement-ended", "ticket-cancelled", "ticket-timed-out"];
  kinds.push("match-accepted", "proposal-ended");
  const few = kinds.filter((kind) => (met.get(kind) ?? 0) < 5);
  expect({ few, met: [...met] }).toMatchObject({ few: [] });
});

test("a recording that begins in the middle has who waited and who was in battle then", async () => {
  await using world = await createWorld({ seed: 99, config });
  const random = createSeededRandom(99);
  await play(world, random, 150);
  const earlier = (await factsIn(world.journal)).length;
  await play(world, random, 150);
  const facts = await factsIn(world.journal);
  const before = stateAfter(facts.slice(0, earlier));
  for (const configuration of ["equal", "auto"]) {
    const recording = recordEvents(facts.slice(earlier), { configuration, before });
    const { groups } = replay(facts, recording, configuration);
    expect(groups).toEqual(
      groupsOf(facts, configuration).slice(groupsOf(facts.slice(0, earlier), configuration).length),
    );
  }
});

function stateAfter(facts: readonly RecordedFact[]): MatcherState {
  const state = createMatcherState();
  for (const [index, { atMs, fact }] of facts.entries())
    evolve(state, { sequence: index + 1, atMs, atWallMs: 0, fact });
  return state;
}

test("a matcher behind real sockets, on the machine's clock, is replayed as it was", async () => {
  await using world = await openSocketWorld();
  const queue = async (configuration: string, playerId: string) => {
    const players = [{ playerId, attributes: {}, latenciesMs: {}, team: "" }];
    await world.matching.startMatching({ ...noProperties, configuration, ticketId: `t-${playerId}`, players });
  };
  for (let index = 0; index < 60; index += 1) {
    await queue(index % 3 === 0 ? "equal" : "auto", `p${index}`);
    const seat = index % 5 === 4 && world.fleet.sessions().at(-1)?.playerSessions[0];
    if (seat) world.fleet.leave(seat.playerId);
  }
  await vi.waitFor(async () => {
    const facts = await factsIn(world.journal);
    const open = facts.filter(({ fact }) => fact.type === "match-formed").length;
    const placed = facts.filter(({ fact }) => fact.type === "match-placed").length;
    expect(placed).toBe(open);
  });
  const facts = await factsIn(world.journal);
  for (const configuration of ["equal", "auto"]) {
    const { groups } = replay(facts, recordEvents(facts, { configuration }), configuration);
    expect(groups.length).toBeGreaterThan(0);
    expect(groups).toEqual(groupsOf(facts, configuration));
  }
});
