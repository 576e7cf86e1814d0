// How promises of matches and backfills are broken.
import { battle, player, seat } from "./tale.fixture.ts";
import {
  type BrokenTale,
  becomeQuiet,
  fill,
  NEAR,
  newcomers,
  ok,
  propose,
  queueWith,
  removed,
  ruled,
} from "./tale-words.fixture.ts";

export const brokenMatches: readonly BrokenTale[] = [
  {
    promise: "M-DISJOINT",
    name: "a ticket in two matches",
    tell(tale) {
      for (const id of ["a", "b", "c"]) tale.queue(id);
      tale.match(["a"], ["b"]);
      tale.match(["a"], ["c"], { matchId: "match_2" });
    },
  },
  {
    promise: "M-DISJOINT",
    name: "a player with two seats in a session",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.match(["a"], ["b"]);
      tale.process();
      tale.placement();
      tale.session();
      tale.activate([seat("a", "red"), { ...seat("a", "blue"), playerSessionId: "ps_other" }]);
    },
  },
  {
    promise: "M-FRESH",
    name: "a ticket that is matched after its time",
    tell(tale) {
      tale.queue("a");
      tale.nowMs += 60_000;
      tale.queue("b");
      tale.match(["a"], ["b"]);
    },
  },
  {
    promise: "M-VERSION",
    name: "a match that does not say by what it was formed",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.match(["a"], ["b"], { formedBy: undefined });
    },
  },
  {
    promise: "M-VERSION",
    name: "a match of a ticket of before with a new one, across a change for new tickets only",
    tell(tale) {
      tale.queue("a");
      tale.matcher({ ...ruled({ ...NEAR, maxDistance: 5 }), newTicketsOnly: true });
      tale.queue("b");
      tale.match(["a"], ["b"]);
    },
  },
  {
    promise: "M-WHOLE",
    name: "a party that is split",
    tell(tale) {
      tale.queue("a", 2);
      tale.queue("b");
      tale.match(["a"], ["b"]);
    },
  },
  {
    promise: "M-WHOLE",
    name: "a party on two sides",
    tell(tale) {
      tale.queue("a", 2);
      const sides = [0, 1].map((i) => ({ ticketId: "a", playerId: player("a", i), team: i === 0 ? "red" : "blue" }));
      tale.match([], [], { players: sides });
    },
  },
  {
    promise: "M-WHOLE",
    name: "a player in a team that nobody asked for",
    tell(tale) {
      tale.queue("a", 1, { players: [{ playerId: player("a", 0), attributes: {}, latenciesMs: {}, team: "blue" }] });
      tale.queue("b");
      tale.match(["a"], ["b"]);
    },
  },
  {
    promise: "M-FORMS",
    name: "two who wait and are a match",
    tell(tale) {
      for (const id of ["a", "b"]) tale.queue(id);
      becomeQuiet(tale);
    },
  },
  {
    promise: "M-FORMS",
    name: "somebody who waits beside a battle that lacks just one",
    tell(tale) {
      battle(tale);
      tale.queue("c");
      tale.change({ removed: [removed("b", "blue")] });
      becomeQuiet(tale);
    },
  },
  {
    promise: "M-RULES",
    name: "a match in a region that does not suit everybody",
    tell(tale) {
      tale.matcher(ruled({ name: "region", type: "latency", maxLatency: 50 }));
      for (const [ticketId, us] of [
        ["a", 20],
        ["b", 90],
      ] as const)
        queueWith(tale, ticketId, {}, { eu: 20, us });
      tale.match(["a"], ["b"], { regions: ["eu"] });
      tale.process();
      tale.placement();
      tale.session();
      tale.activate();
      tale.placed({ region: "us" });
    },
  },
  {
    promise: "M-RULES",
    name: "uneven teams",
    tell(tale) {
      for (const id of ["a", "b", "c"]) tale.queue(id);
      tale.match(["a", "b"], ["c"]);
    },
  },
  {
    promise: "M-NO-BYPASS",
    name: "a younger ticket that goes first",
    tell(tale) {
      tale.queue("a");
      tale.nowMs += 10;
      for (const id of ["b", "c"]) tale.queue(id);
      tale.match(["b"], ["c"]);
    },
  },
  {
    promise: "M-NO-BYPASS",
    name: "a younger ticket in a place that an older one could take",
    tell(tale) {
      tale.matcher(ruled({ name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 5 }));
      queueWith(tale, "a", { skill: 0 });
      queueWith(tale, "b", { skill: 2 });
      tale.nowMs += 2_000;
      queueWith(tale, "c", { skill: 3 });
      tale.match(["a"], ["c"]);
      tale.nowMs += 1_000;
      tale.queue("d");
    },
  },
  {
    promise: "B-ONE-LIVE",
    name: "a second backfill beside a live one",
    tell(tale) {
      battle(tale);
      const backfill = { backfillId: "bf_2", state: "SEARCHING", strategy: "MAX_POSSIBLE" };
      tale.matcher({ type: "backfill-started", battleSessionId: "bs_1", backfill, goals: [] });
    },
  },
  {
    promise: "B-FIT",
    name: "a fill on another roster than it was judged by",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({}));
      tale.change({ reason: "PLAYER_REMOVED", removed: [removed("a", "red")] });
      tale.change({ added: newcomers }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
    },
  },
  {
    promise: "B-FIT",
    name: "a fill that leaves uneven teams",
    tell(tale) {
      battle(tale);
      tale.queue("c");
      tale.matcher(fill({ newcomers: [{ ticketId: "c", playerId: player("c", 0), team: "red" }] }));
      tale.change({ added: [seat("c", "red")] }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
    },
  },
  {
    promise: "B-FIT",
    name: "a fill that is applied twice",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({}));
      tale.matcher({ type: "fill-dropped", fillId: "bf_1.f1", battleSessionId: "bs_1", reason: "" });
      tale.matcher(fill({ fillId: "bf_1.f2" }));
      tale.change({ added: newcomers }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
    },
  },
  {
    promise: "B-WELCOME",
    name: "newcomers whom the game did not answer for",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
      propose(tale);
      tale.change({ added: newcomers }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
    },
  },
  {
    promise: "B-WELCOME",
    name: "newcomers whom the game refused",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
      propose(tale);
      tale.call("answerFill", { fillId: "bf_1.f1", approved: false }, ok({}), "server~1");
      tale.change({ added: newcomers }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
    },
  },
  {
    promise: "B-WELCOME",
    name: "a yes that no handler said",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
      propose(tale);
      const playerIds = ["c", "d"].map((id) => player(id, 0));
      tale.heard({ type: "approve", battleSessionId: "bs_1", playerIds, said: false });
      tale.call("answerFill", { fillId: "bf_1.f1", approved: true }, ok({}), "server~1");
    },
  },
  {
    promise: "B-WELCOME",
    name: "a question about others than the fill brings",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
      propose(tale, ["c"]);
    },
  },
  {
    promise: "B-WELCOME",
    name: "a ticket that comes again to a game that refused it",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
      const refusal = { battleSessionId: "bs_1", reason: "FILL_REFUSED_BY_GAME" };
      tale.matcher({ type: "fill-dropped", fillId: "bf_1.f1", ...refusal });
      tale.matcher(fill({ fillId: "bf_1.f2", approvalTimeoutMs: 1_000 }));
    },
  },
  {
    promise: "B-WELCOME",
    name: "a fill that never has an outcome",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
      tale.heal();
      tale.nowMs += 12_000;
      tale.later();
    },
  },
  {
    promise: "B-TARGET",
    name: "a custom backfill that goes beyond its goal",
    tell(tale) {
      battle(tale);
      const changed = { type: "backfill-changed", battleSessionId: "bs_1" };
      tale.matcher({ ...changed, backfill: { backfillId: "bf_1", state: "CANCELLED", strategy: "MAX_POSSIBLE" } });
      const backfill = { backfillId: "bf_2", state: "SEARCHING", strategy: "CUSTOM" };
      const goals = ["red", "blue"].map((team) => ({ team, players: 1 }));
      tale.matcher({ type: "backfill-started", battleSessionId: "bs_1", backfill, goals });
      for (const id of ["c", "d"]) tale.queue(id);
      tale.matcher(fill({ backfill }));
      tale.change({ added: newcomers, backfill }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
    },
  },
  {
    promise: "B-TARGET",
    name: "a full session whose backfill goes on searching",
    tell(tale) {
      battle(tale);
      tale.change({ creationPolicy: "DENY_ALL" });
      tale.heal();
      tale.nowMs += 30_000;
      tale.queue("c");
    },
  },
  {
    promise: "B-DIES-WITH-SESSION",
    name: "a backfill that outlives its session",
    tell(tale) {
      battle(tale);
      tale.matcher({ type: "session-ended", battleSessionId: "bs_1", cause: "GAME_ENDED" });
    },
  },
  {
    promise: "M-DETERMINISTIC",
    name: "a snapshot of something else",
    tell(tale) {
      tale.see({ type: "snapshot", service: "matcher", epoch: 1, sequence: 2, bytes: new Uint8Array(6) });
    },
  },
];
