import { MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { describe, expect, test } from "vitest";
import { configurationOf, EQUAL_TEAMS } from "../matcher-world.fixture.ts";
import { decideCancelMatching, getTicket } from "./cancel-matching.ts";
import { decideDue, nextDueAtMs } from "./deadlines.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact } from "./fact.ts";
import { decideDeclineMatching, decideJoinMatching } from "./join-matching.ts";
import { createMatcherState } from "./matcher-state.ts";
import { decideStartMatching } from "./start-matching.ts";
import { historyOf } from "./ticket-events.ts";

const TIMEOUT_MS = 10_000;
const ticketId = "abc" as TicketId;
type Stage = ReturnType<typeof createStage>;

/** Ticket "abc" of a, who is in, b and c, who are asked. */
function createStage() {
  const state = createMatcherState();
  let sequence = 0;
  let nowMs = 1_000;
  const commit = (facts: readonly MatcherFact[]) => {
    for (const fact of facts) {
      sequence += 1;
      evolve(state, { sequence, atMs: nowMs, atWallMs: nowMs, fact });
    }
  };
  const attempt = (decide: () => readonly MatcherFact[]): string | undefined => {
    try {
      commit(decide());
      return undefined;
    } catch (error) {
      if (error instanceof MusterError) return error.reason;
      throw error;
    }
  };
  const playerOf = (id: string) => {
    return { playerId: id as PlayerId, attributes: { skill: 7 }, latenciesMs: {}, team: undefined };
  };
  const ruleSet = { ...EQUAL_TEAMS, playerAttributes: [{ name: "skill", type: "number" }] };
  commit([
    { type: "rule-set-put", name: "equal", document: JSON.stringify(ruleSet) },
    { type: "configuration-put", configuration: configurationOf({ name: "equal", ruleSet: "equal" }) },
  ]);
  const stage = {
    state,
    start(id: string, players: string, asked: string) {
      const preparation = { asked: [...asked] as PlayerId[], timeoutMs: TIMEOUT_MS };
      return attempt(() => {
        const request = { ticketId: id as TicketId, configuration: "equal", bodyDigest: id };
        return decideStartMatching(state, { ...request, players: [...players].map(playerOf), preparation }, nowMs);
      });
    },
    join: (players: string, attributes: object = { skill: 7 }) =>
      attempt(() => {
        const joining = [...players].map((id) => ({ ...playerOf(id), attributes: { ...attributes } }));
        return decideJoinMatching(state, { ticketId, players: joining }, nowMs);
      }),
    decline: (playerId: string) =>
      attempt(() => decideDeclineMatching(state, { ticketId, playerId: playerId as PlayerId })),
    cancel: () =>
      attempt(() => {
        const decision = decideCancelMatching(state, ticketId, nowMs);
        return decision.type === "decided" ? decision.facts : [];
      }),
    wait(ms: number) {
      nowMs += ms;
    },
    due: () => commit(decideDue(state, nowMs)),
    get at() {
      const { state: at } = getTicket(state, ticketId);
      return "cause" in at && at.cause ? `${at.phase} (${at.cause})` : at.phase;
    },
    get facts() {
      return sequence;
    },
  };
  stage.start("abc", "a", "bc");
  return stage;
}

const rows: readonly { readonly name: string; readonly play: (stage: Stage) => unknown; readonly at: string }[] = [
  { name: "waits for its players", play: () => undefined, at: "PREPARING" },
  { name: "waits for the last of them", play: (s) => s.join("b"), at: "PREPARING" },
  { name: "searches when all are in", play: (s) => [s.join("b"), s.join("c")], at: "SEARCHING" },
  { name: "searches when all came at once", play: (s) => s.join("bc"), at: "SEARCHING" },
  { name: "is cancelled when one declines", play: (s) => s.decline("c"), at: "CANCELLED (PREPARATION_DECLINED)" },
  {
    name: "is cancelled when one who is in changes their mind",
    play: (s) => [s.join("b"), s.decline("b")],
    at: "CANCELLED (PREPARATION_DECLINED)",
  },
  { name: "is cancelled by request", play: (s) => s.cancel(), at: "CANCELLED (CANCELLED_BY_REQUEST)" },
  { name: "waits until 1 ms before its deadline", play: (s) => [s.wait(TIMEOUT_MS - 1), s.due()], at: "PREPARING" },
  {
    name: "searches when the last comes 1 ms before its deadline",
    play: (s) => [s.wait(TIMEOUT_MS - 1), s.join("bc"), s.wait(1), s.due()],
    at: "SEARCHING",
  },
  {
    name: "is over at its deadline",
    play: (s) => [s.join("b"), s.wait(TIMEOUT_MS), s.due()],
    at: "TIMED_OUT (PREPARATION_TIMED_OUT)",
  },
  {
    name: "takes nobody at its deadline, before anybody has looked at the time",
    play: (s) => [s.wait(TIMEOUT_MS), s.join("bc"), s.due()],
    at: "TIMED_OUT (PREPARATION_TIMED_OUT)",
  },
];

describe("a ticket that asks players to join", () => {
  for (const { name, play, at } of rows) {
    test(name, () => {
      const stage = createStage();
      play(stage);
      expect(stage.at).toBe(at);
    });
  }

  test("counts the time of its search from when it begins", () => {
    const stage = createStage();
    expect(nextDueAtMs(stage.state)).toBe(1_000 + TIMEOUT_MS);
    stage.wait(5_000);
    stage.join("bc");
    expect(getTicket(stage.state, ticketId)).toMatchObject({ searchingSinceMs: 6_000, timesOutAtMs: 66_000 });
    expect(nextDueAtMs(stage.state)).toBe(66_000);
  });

  test("is in no pool until all are in, and holds its players all the while", () => {
    const stage = createStage();
    const pool = stage.state.pools.get("equal");
    expect([pool?.searching.size, pool?.live]).toEqual([0, 1]);
    expect(stage.start("d", "d", "b")).toBe("PLAYER_ALREADY_QUEUED");
    stage.join("bc");
    expect([pool?.searching.size, pool?.live]).toEqual([1, 1]);
  });

  test("lets go of its players when it is over", () => {
    const stage = createStage();
    stage.decline("b");
    expect(stage.start("d", "d", "bc")).toBeUndefined();
  });

  test("tells of everybody who comes, each a version further, with what they bring", () => {
    const stage = createStage();
    stage.join("c");
    stage.join("b");
    const entry = stage.state.tickets.get(ticketId);
    const told = entry && historyOf(entry).map(({ type, ticket }) => [type, ticket.version, skillsOf(ticket.players)]);
    expect(told).toEqual([
      ["STATE_CHANGED", 1, "a7 b- c-"],
      ["PREPARATION_CHANGED", 2, "a7 b- c7"],
      ["STATE_CHANGED", 3, "a7 b7 c7"],
    ]);
  });
});

function skillsOf(players: readonly { readonly playerId: string; readonly attributes: object }[]): string {
  return players.map(({ playerId, attributes }) => `${playerId}${Object.values(attributes)[0] ?? "-"}`).join(" ");
}

const answers: readonly {
  readonly name: string;
  readonly play: (stage: Stage) => unknown;
  readonly said: string | undefined;
}[] = [
  { name: "a join of a stranger", play: (s) => s.join("x"), said: "PLAYER_NOT_IN_TICKET" },
  { name: "a join without what the rule set needs", play: (s) => s.join("b", {}), said: "ATTRIBUTE_INVALID" },
  { name: "a join again", play: (s) => [s.join("b"), s.join("b")].at(-1), said: undefined },
  {
    name: "a join again with other things, which do not count",
    play: (s) => [s.join("b"), s.join("b", {})].at(-1),
    said: undefined,
  },
  { name: "a join again when all are in", play: (s) => [s.join("bc"), s.join("b")].at(-1), said: undefined },
  {
    name: "a join again when the search is over",
    play: (s) => [s.join("bc"), s.wait(60_000), s.due(), s.join("b")].at(-1),
    said: undefined,
  },
  { name: "a join after a decline", play: (s) => [s.decline("c"), s.join("b")].at(-1), said: "PREPARATION_ENDED" },
  { name: "a join at the deadline", play: (s) => [s.wait(TIMEOUT_MS), s.join("b")].at(-1), said: "PREPARATION_ENDED" },
  { name: "a decline of a stranger", play: (s) => s.decline("x"), said: "PLAYER_NOT_IN_TICKET" },
  { name: "a decline again", play: (s) => [s.decline("b"), s.decline("b")].at(-1), said: undefined },
  { name: "a decline when all are in", play: (s) => [s.join("bc"), s.decline("b")].at(-1), said: "PREPARATION_ENDED" },
];

describe("answered or refused:", () => {
  for (const { name, play, said } of answers) {
    test(`${name} ${said === undefined ? "is OK" : `is refused with ${said}`}`, () => {
      expect(play(createStage())).toBe(said);
    });
  }

  test("what says what holds, or is refused, is no fact", () => {
    const stage = createStage();
    stage.join("b");
    const before = stage.facts;
    for (const again of ["b", "a", "x"]) stage.join(again);
    stage.decline("x");
    expect(stage.facts).toBe(before);
  });
});
