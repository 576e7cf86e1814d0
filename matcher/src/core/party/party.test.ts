import { createSeededRandom } from "@muster/kit";
import { MusterError, type PartyId, type PlayerId, type TicketId } from "@muster/proto";
import { describe, expect, test } from "vitest";
import { configurationOf, EQUAL_TEAMS } from "../../matcher-world.fixture.ts";
import { decideDue, nextDueAtMs } from "../deadlines.ts";
import { evolve } from "../evolve.ts";
import type { MatcherFact } from "../fact.ts";
import { decidePlacementReport } from "../fleet-reports.ts";
import { presentPlacementId } from "../match.ts";
import { createMatcherState } from "../matcher-state.ts";
import { decideRound } from "../round.ts";
import { decideStartMatching } from "../start-matching.ts";
import { decideCreateParty, decideParty, type PartyAction } from "./decide-party.ts";

type Stage = ReturnType<typeof createStage>;
const id = (text: string) => text as PlayerId;
const bring = (text: string) => ({ playerId: id(text), attributes: { of: text }, latenciesMs: {}, team: undefined });

/** Party "p" that a leads; b is invited, and c has asked, each for 10 s. It is 1,000. */
function createStage({ isOpen = false, membersMax = 4 } = {}) {
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
  const queue = "q";
  const acceptance = { timeoutMs: 10_000, autoContinue: true };
  commit([
    { type: "rule-set-put", name: "equal", document: JSON.stringify(EQUAL_TEAMS) },
    { type: "configuration-put", configuration: configurationOf({ name: "equal", ruleSet: "equal", queue }) },
    {
      type: "configuration-put",
      configuration: configurationOf({ name: "asks", ruleSet: "equal", queue, acceptance }),
    },
  ]);
  const partyId = "p" as PartyId;
  const stage = {
    state,
    commit,
    create: (party: string, leader: string) =>
      attempt(() => {
        const terms = { leader: bring(leader), membersMax, isOpen, properties: {}, bodyDigest: leader };
        return decideCreateParty(state, { partyId: party as PartyId, ...terms }, 2);
      }),
    act: (action: PartyAction, requestId?: string, party = partyId) =>
      attempt(() => decideParty(state, { partyId: party, requestId, bodyDigest: action.type, action }, nowMs)),
    invite: (playerId: string, leaderId = "a") =>
      stage.act({ type: "invite", leaderId: id(leaderId), playerId: id(playerId), timeoutMs: 10_000 }),
    join: (playerId: string, requestId?: string) => stage.act({ type: "join", player: bring(playerId) }, requestId),
    ask: (playerId: string) => stage.act({ type: "ask", player: bring(playerId), timeoutMs: 10_000 }),
    accept: (playerId: string, leaderId = "a") =>
      stage.act({ type: "accept-ask", leaderId: id(leaderId), playerId: id(playerId) }),
    refuse: (playerId: string) => stage.act({ type: "refuse-ask", leaderId: id("a"), playerId: id(playerId) }),
    leave: (playerId: string, requestId?: string) => stage.act({ type: "leave", playerId: id(playerId) }, requestId),
    kick: (playerId: string, leaderId = "a") =>
      stage.act({ type: "kick", leaderId: id(leaderId), playerId: id(playerId) }),
    promote: (playerId: string, leaderId = "a") =>
      stage.act({ type: "promote", leaderId: id(leaderId), playerId: id(playerId) }),
    dissolve: (leaderId = "a") => stage.act({ type: "dissolve", leaderId: id(leaderId) }),
    start: (ticketId: string, { by = "a", players = "", configuration = "equal" } = {}) =>
      attempt(() => {
        const party = { partyId, leaderId: id(by) };
        const request = { ticketId: ticketId as TicketId, configuration, bodyDigest: ticketId };
        return decideStartMatching(state, { ...request, players: [...players].map(bring), party }, nowMs);
      }),
    alone: (playerId: string, configuration = "equal") =>
      attempt(() => {
        const request = { ticketId: `t-${playerId}` as TicketId, configuration, bodyDigest: "" };
        return decideStartMatching(state, { ...request, players: [bring(playerId)] }, nowMs);
      }),
    round(configuration = "equal") {
      const input = {
        configuration,
        nowMs,
        random: createSeededRandom(sequence),
        endpoint: "",
        withheld: new Set<TicketId>(),
      };
      commit(decideRound(state, { ...input, findFillable: () => undefined }).facts);
    },
    wait(ms: number) {
      nowMs += ms;
      commit(decideDue(state, nowMs));
    },
    ticket(ticketId: string) {
      const at = state.tickets.get(ticketId as TicketId)?.ticket.state;
      return at && "cause" in at && at.cause ? `${at.phase} (${at.cause})` : at?.phase;
    },
    /** "a b; b? c!": members, the leader first, who is invited, and who has asked. */
    get party() {
      const party = state.parties.byId.get(partyId);
      if (!party || party.endedAtMs !== undefined) return "ended";
      const members = party.members.map(({ playerId }) => playerId);
      const led = [party.leaderId, ...members.filter((member) => member !== party.leaderId)].join(" ");
      const offers = party.offers.map(({ kind, player }) => `${player.playerId}${kind === "ASKED" ? "!" : "?"}`);
      return [led, offers.join(" ")].filter((part) => part !== "").join("; ");
    },
    get facts() {
      return sequence;
    },
  };
  stage.create("p", "a");
  if (!isOpen) {
    stage.invite("b");
    stage.ask("c");
  }
  return stage;
}

const rows: readonly {
  readonly name: string;
  readonly play: (stage: Stage) => unknown;
  readonly party: string;
}[] = [
  { name: "has its leader, and who may come", play: () => undefined, party: "a; b? c!" },
  { name: "takes in who is invited", play: (s) => s.join("b"), party: "a b; c!" },
  { name: "takes in who asked, when the leader says so", play: (s) => s.accept("c"), party: "a c; b?" },
  { name: "takes in who asked, when the leader invites them", play: (s) => s.invite("c"), party: "a c; b?" },
  { name: "takes in who is invited, when they ask", play: (s) => s.ask("b"), party: "a b; c!" },
  { name: "forgets who declines", play: (s) => s.leave("b"), party: "a; c!" },
  { name: "forgets who asks no more", play: (s) => s.leave("c"), party: "a; b?" },
  { name: "forgets whom its leader refuses", play: (s) => s.refuse("c"), party: "a; b?" },
  { name: "takes an invitation back", play: (s) => s.kick("b"), party: "a; c!" },
  { name: "keeps an offer until 1 ms before its end", play: (s) => s.wait(9_999), party: "a; b? c!" },
  { name: "forgets offers when their time has passed", play: (s) => s.wait(10_000), party: "a" },
  { name: "removes a member", play: (s) => [s.join("b"), s.kick("b")], party: "a; c!" },
  {
    name: "is led by the longest member when its leader leaves",
    play: (s) => [s.join("b"), s.accept("c"), s.leave("a")],
    party: "b c",
  },
  { name: "is led by whom the leader promotes", play: (s) => [s.join("b"), s.promote("b")], party: "b a; c!" },
  { name: "ends with its last member", play: (s) => s.leave("a"), party: "ended" },
  { name: "ends when its leader says so", play: (s) => [s.join("b"), s.dissolve()], party: "ended" },
];

describe("a party", () => {
  for (const { name, play, party } of rows) {
    test(name, () => {
      const stage = createStage();
      play(stage);
      expect(stage.party).toBe(party);
    });
  }

  test("that is open takes in anybody, whether they join or ask", () => {
    const stage = createStage({ isOpen: true });
    expect([stage.join("b"), stage.ask("c"), stage.party]).toEqual([undefined, undefined, "a b c"]);
  });

  test("lets its players go when it ends", () => {
    const stage = createStage();
    stage.join("b");
    stage.dissolve();
    expect([stage.create("p2", "b"), stage.create("p3", "a")]).toEqual([undefined, undefined]);
  });

  test("is woken for the next offer that expires, and for none afterwards", () => {
    const stage = createStage();
    expect(nextDueAtMs(stage.state)).toBe(11_000);
    stage.wait(10_000);
    expect(nextDueAtMs(stage.state)).toBeUndefined();
  });
});

const calls: readonly {
  readonly name: string;
  readonly settings?: Parameters<typeof createStage>[0];
  readonly play: (stage: Stage) => unknown;
  readonly said: string | undefined;
}[] = [
  { name: "a party of an id that is taken", play: (s) => s.create("p", "x"), said: "ID_REUSED" },
  { name: "the same party again", play: (s) => s.create("p", "a"), said: undefined },
  { name: "a party of somebody who is in one", play: (s) => s.create("p2", "a"), said: "PLAYER_IN_PARTY" },
  { name: "one party too many", play: (s) => [s.create("p2", "x"), s.create("p3", "y")].at(-1), said: "PARTIES_FULL" },
  { name: "an invitation by somebody else", play: (s) => s.invite("x", "b"), said: "PARTY_LEADER_ONLY" },
  { name: "an invitation of a member", play: (s) => s.invite("a"), said: undefined },
  { name: "an invitation again", play: (s) => s.invite("b"), said: undefined },
  { name: "a join of a stranger", play: (s) => s.join("x"), said: "PARTY_CLOSED" },
  { name: "a join of who has only asked", play: (s) => s.join("c"), said: "PARTY_CLOSED" },
  { name: "a join again", play: (s) => [s.join("b"), s.join("b")].at(-1), said: undefined },
  {
    name: "a join of who is in another party",
    play: (s) => [s.create("p2", "b"), s.join("b")].at(-1),
    said: "PLAYER_IN_PARTY",
  },
  {
    name: "a join to a full party",
    settings: { membersMax: 2 },
    play: (s) => [s.accept("c"), s.join("b")].at(-1),
    said: "PARTY_FULL",
  },
  { name: "an answer to who has not asked", play: (s) => s.accept("b"), said: "PARTY_ASK_NOT_FOUND" },
  { name: "an answer again", play: (s) => [s.accept("c"), s.accept("c")].at(-1), said: undefined },
  {
    name: "an answer by somebody else",
    play: (s) => [s.join("b"), s.accept("c", "b")].at(-1),
    said: "PARTY_LEADER_ONLY",
  },
  { name: "a leave of a stranger", play: (s) => s.leave("x"), said: undefined },
  { name: "a kick of the leader", play: (s) => s.kick("a"), said: "FIELD_INVALID" },
  { name: "a kick by somebody else", play: (s) => [s.join("b"), s.kick("a", "b")].at(-1), said: "PARTY_LEADER_ONLY" },
  { name: "a promotion of a stranger", play: (s) => s.promote("b"), said: "PLAYER_NOT_IN_PARTY" },
  { name: "a promotion again", play: (s) => [s.join("b"), s.promote("b"), s.promote("b")].at(-1), said: undefined },
  { name: "a dissolution again", play: (s) => [s.dissolve(), s.dissolve()].at(-1), said: undefined },
  { name: "a join to a party that has ended", play: (s) => [s.dissolve(), s.join("b")].at(-1), said: "PARTY_ENDED" },
  {
    name: "a call to a party that nobody knows",
    play: (s) => s.act({ type: "join", player: bring("x") }, undefined, "none" as PartyId),
    said: "PARTY_NOT_FOUND",
  },
  {
    name: "another call under one request",
    play: (s) => [s.join("b", "r"), s.leave("b", "r")].at(-1),
    said: "ID_REUSED",
  },
  {
    name: "a ticket of somebody who does not lead",
    play: (s) => [s.join("b"), s.start("t", { by: "b" })].at(-1),
    said: "PARTY_LEADER_ONLY",
  },
  {
    name: "a ticket without a member",
    play: (s) => [s.join("b"), s.start("t", { players: "a" })].at(-1),
    said: "PARTY_MEMBERS_DIFFER",
  },
  { name: "a ticket with a stranger", play: (s) => s.start("t", { players: "ax" }), said: "PARTY_MEMBERS_DIFFER" },
];

describe("answered or refused:", () => {
  for (const { name, settings, play, said } of calls) {
    test(`${name} ${said === undefined ? "is OK" : `is refused with ${said}`}`, () => {
      expect(play(createStage(settings))).toBe(said);
    });
  }

  test("a late copy of a call does nothing, whatever happened in between", () => {
    const stage = createStage({ isOpen: true });
    stage.join("b", "r1");
    stage.leave("b", "r2");
    const before = stage.facts;
    expect([stage.join("b", "r1"), stage.facts, stage.party]).toEqual([undefined, before, "a"]);
  });
});

describe("a party's ticket", () => {
  test("has all members, with what the party knows of them", () => {
    const stage = createStage();
    stage.join("b");
    stage.start("t");
    const ticket = stage.state.tickets.get("t" as TicketId)?.ticket;
    expect(ticket).toMatchObject({ partyId: "p", players: [bring("a"), bring("b")] });
  });

  const changes: readonly { readonly name: string; readonly play: (stage: Stage) => unknown }[] = [
    { name: "somebody joins", play: (s) => s.accept("c") },
    { name: "somebody leaves", play: (s) => s.leave("b") },
    { name: "somebody is removed", play: (s) => s.kick("b") },
    { name: "the party is dissolved", play: (s) => s.dissolve() },
  ];
  for (const { name, play } of changes) {
    test(`is cancelled when ${name}, and the players are free`, () => {
      const stage = createStage();
      stage.join("b");
      stage.start("t");
      play(stage);
      expect([stage.ticket("t"), stage.alone("a")]).toEqual(["CANCELLED (PARTY_CHANGED)", undefined]);
    });
  }

  test("stays when members are promoted, invited or refused", () => {
    const stage = createStage();
    stage.join("b");
    stage.start("t");
    stage.refuse("c");
    stage.invite("x");
    stage.promote("b");
    expect(stage.ticket("t")).toBe("SEARCHING");
  });

  test("refuses the match that is proposed to it, for which nobody else is blamed", () => {
    const stage = createStage();
    stage.start("t", { configuration: "asks" });
    stage.alone("x", "asks");
    stage.round("asks");
    expect(stage.ticket("t")).toBe("REQUIRES_ACCEPTANCE");
    stage.join("b");
    expect([stage.ticket("t"), stage.ticket("t-x")]).toEqual([
      "CANCELLED (PARTY_CHANGED)",
      "SEARCHING (MATCH_REFUSED)",
    ]);
  });

  for (const [outcome, becomes, other] of [
    ["FAILED", "CANCELLED (PARTY_CHANGED)", "SEARCHING (PLACEMENT_FAILED)"],
    ["PENDING", "PLACING", "PLACING"],
  ] as const) {
    test(`that is being placed has its outcome first: ${outcome} makes it ${becomes}`, () => {
      const stage = createStage();
      stage.start("t");
      stage.alone("x");
      stage.round();
      expect(stage.ticket("t")).toBe("PLACING");
      stage.join("b");
      const [match] = stage.state.matches.values();
      if (match && outcome === "FAILED") {
        const placementId = presentPlacementId(match);
        stage.commit(decidePlacementReport(stage.state, { placementId, state: outcome, failure: "" }));
      }
      expect([stage.ticket("t"), stage.ticket("t-x")]).toEqual([becomes, other]);
    });
  }
});
