import { expect, test } from "vitest";
import { createCheckers } from "./table.ts";
import { battle, createTale, player, seat, type Tale } from "./tale.fixture.ts";

const latencyPolicies = [
  { maxIndividualLatencyMs: 50, durationMs: 2_000 },
  { maxIndividualLatencyMs: 100, durationMs: undefined },
];
const terms = {
  hostLostAfterMs: 12_000,
  queues: [{ name: "arena", destinations: ["eu"], timeoutMs: 20_000, latencyPolicies }],
  fleets: [{ name: "eu", region: "eu", processes: 1, concurrentActivations: 1, protection: { policy: "FULL" } }],
  aliases: new Map(),
};
const away = (...latencies: readonly number[]) => ({
  players: latencies.map((eu, index) => ({ ...seat("ab"[index] ?? "", "red"), latenciesMs: { eu } })),
});
const ok = (value: unknown) => ({ ok: value });
const refused = (reason: string, metadata: Readonly<Record<string, string>> = {}) => ({
  refused: reason,
  text: "Cannot",
  metadata,
});
const removed = (ticketId: string, team: string, cause = "REMOVED") => ({ ...seat(ticketId, team), cause });
const fill = (more: object) => ({
  type: "fill-decided",
  fillId: "bf_1.f1",
  battleSessionId: "bs_1",
  expectedRosterVersion: 2,
  newcomers: [
    { ticketId: "c", playerId: player("c", 0), team: "red" },
    { ticketId: "d", playerId: player("d", 0), team: "blue" },
  ],
  backfill: { backfillId: "bf_1", state: "SEARCHING", strategy: "MAX_POSSIBLE" },
  toleratesLeavers: false,
  ...more,
});
const newcomers = [seat("c", "red"), seat("d", "blue")];
/** The game is asked about them. */
const propose = (tale: Tale, ids: readonly string[] = ["c", "d"]) => {
  const playerIds = ids.map((id) => player(id, 0));
  tale.see({ type: "fill-proposed", node: "server~1", fillId: "bf_1.f1", battleSessionId: "bs_1", playerIds });
};
const started = (ticketId: string, ...players: readonly string[]) => ({
  ticketId,
  configuration: "arena",
  players: players.map((playerId) => ({ playerId })),
});

const explained = (ticketId: string, explanation: object) => ({
  ticket: { ticketId, configuration: "arena", version: 1, state: 1 },
  explanation: { othersSearching: 0, othersOpen: 0, constraints: [], ...explanation },
});

/** A rule set of one against one. */
const ruled = (rule: object) => ({
  type: "rule-set-put",
  name: "arena",
  document: JSON.stringify({
    version: "v1.0",
    playerAttributes: [{ name: "skill", type: "number", default: 0 }],
    teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1, minQuantity: 1, maxQuantity: 1 })),
    rules: [rule],
  }),
});
const NEAR = { name: "near", type: "distance", measurements: ["teams[*].players.playerAttributes[skill]"] };
const queueWith = (tale: Tale, ticketId: string, attributes: object, latenciesMs: object = {}) =>
  tale.queue(ticketId, 1, { players: [{ playerId: player(ticketId, 0), attributes, latenciesMs, team: undefined }] });
/** Nothing fails any more, and nothing happens for a while. */
const becomeQuiet = (tale: Tale) => {
  tale.heal();
  tale.nowMs += 12_000;
  tale.matcher({ type: "ended-forgotten", endedUntilMs: 0 });
  tale.nowMs += 5_000;
  tale.later();
};

const hearPlacement = (tale: Tale, more: { readonly state: number; readonly attempts: number }) =>
  tale.see({
    type: "placement-event",
    watcher: "w",
    event: { resumeToken: "", event: { $case: "placement", value: { placementId: "match_1.1", ...more } } } as never,
  });

const rows: readonly { promise: string; name: string; tell: (tale: Tale) => void }[] = [
  {
    promise: "T-ONE-TERMINAL",
    name: "a ticket that leaves its end",
    tell(tale) {
      tale.queue("a");
      tale.matcher({ type: "ticket-timed-out", ticketId: "a" });
      tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
    },
  },
  {
    promise: "T-ONE-TERMINAL",
    name: "a ticket that searches after its time",
    tell(tale) {
      tale.queue("a");
      tale.heal();
      tale.nowMs += 70_000;
      tale.queue("b");
    },
  },
  {
    promise: "T-ONE-TERMINAL",
    name: "a ticket that never ends",
    tell(tale) {
      tale.queue("a");
      tale.heal();
      tale.end();
    },
  },
  {
    promise: "T-NO-LOSS",
    name: "an acknowledged ticket that is gone",
    tell(tale) {
      tale.queue("a");
      tale.call("describeMatchingProgress", { ticketIds: ["a"] }, refused("TICKET_NOT_FOUND", { ticketId: "a" }));
    },
  },
  {
    promise: "T-NO-LOSS",
    name: "an acknowledgement before the write",
    tell(tale) {
      tale.call("startMatching", started("a", "a.0"), ok({ ticket: { ticketId: "a", version: 1, state: 1 } }));
    },
  },
  {
    promise: "T-IDEMPOTENT",
    name: "a ticket that is made twice",
    tell(tale) {
      tale.queue("a");
      tale.queue("a");
    },
  },
  {
    promise: "T-IDEMPOTENT",
    name: "one id acknowledged for two requests",
    tell(tale) {
      tale.queue("a");
      const ticket = { ticketId: "a", version: 1, state: 1 };
      tale.call("startMatching", started("a", "a.0"), ok({ ticket }));
      tale.call("startMatching", { ...started("a", "a.0"), configuration: "other" }, ok({ ticket }));
    },
  },
  {
    promise: "T-IDEMPOTENT",
    name: "a repeat that is refused",
    tell(tale) {
      tale.queue("a");
      tale.call("startMatching", started("a", "a.0"), ok({ ticket: { ticketId: "a", version: 1, state: 1 } }));
      tale.call("startMatching", started("a", "a.0"), refused("ID_REUSED"));
    },
  },
  {
    promise: "T-DELETED",
    name: "a configuration that is said to be gone while somebody searches by it",
    tell(tale) {
      tale.queue("a");
      tale.matcher({ type: "configuration-deleted", name: "arena", keepsSearching: true });
      tale.call("deleteConfiguration", { name: "arena", expectedVersion: 0 }, ok({}));
    },
  },
  {
    promise: "T-EXPLAIN",
    name: "a ticket that is told of others who do not search",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.call("explainTicket", { ticketId: "a" }, ok(explained("a", { othersSearching: 2 })));
    },
  },
  {
    promise: "T-EXPLAIN",
    name: "a ticket that is not told of all who search",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.call("explainTicket", { ticketId: "a" }, ok(explained("a", { othersSearching: 0 })));
    },
  },
  {
    promise: "T-EXPLAIN",
    name: "a ticket that more fit than there are",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      const fitting = { tickets: 2, orMore: false };
      tale.call("explainTicket", { ticketId: "a" }, ok(explained("a", { othersSearching: 1, othersOpen: 1, fitting })));
    },
  },
  {
    promise: "T-PLAYER-ONCE",
    name: "a player in two tickets",
    tell(tale) {
      tale.queue("a");
      const players = [{ playerId: player("a", 0), attributes: {}, latenciesMs: {}, team: undefined }];
      tale.queue("b", 1, { players });
    },
  },
  {
    promise: "T-PLAYER-ONCE",
    name: "a refusal for a ticket that does not hold the player",
    tell(tale) {
      tale.queue("a");
      const metadata = { ticketId: "a", playerId: "b.0" };
      tale.call("startMatching", started("b", "b.0"), refused("PLAYER_ALREADY_QUEUED", metadata));
    },
  },
  {
    promise: "T-LEGAL-EDGE",
    name: "a ticket in placement that times out",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.match(["a"], ["b"]);
      tale.matcher({ type: "ticket-timed-out", ticketId: "a" });
    },
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a cancelled ticket that is matched",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
      tale.match(["a"], ["b"]);
    },
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a cancel that is acknowledged and not done",
    tell(tale) {
      tale.queue("a");
      tale.call("cancelMatching", { ticketId: "a" }, ok({ ticket: { ticketId: "a", version: 2, state: 4 } }));
    },
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a cancel that is acknowledged while the ticket is being placed",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.match(["a"], ["b"]);
      tale.call("cancelMatching", { ticketId: "a" }, ok({ ticket: { ticketId: "a", version: 2, state: 2 } }));
    },
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a cancel too late for another match",
    tell(tale) {
      battle(tale);
      tale.call("cancelMatching", { ticketId: "a" }, refused("TICKET_ALREADY_MATCHED", { matchId: "match_2" }));
    },
  },
  {
    promise: "T-CANCEL-TRUTH",
    name: "a seat for a cancelled ticket",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.match(["a"], ["b"]);
      tale.process();
      tale.placement();
      tale.session();
      tale.queue("c");
      tale.matcher({ type: "ticket-cancelled", ticketId: "c" });
      tale.activate([seat("a", "red"), seat("b", "blue"), seat("c", "red")]);
    },
  },
  {
    promise: "T-RETURN-AGE",
    name: "a returned ticket that loses its age",
    tell(tale) {
      tale.queue("a");
      const ticket = { ticketId: "a", createdAt: new Date(1_000), timesOutAt: new Date(50_000) };
      tale.watch("w");
      tale.ticket("w", ticket);
    },
  },
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
    promise: "S-CAPACITY",
    name: "a team above its capacity",
    tell(tale) {
      battle(tale);
      for (const id of ["c", "d"]) tale.queue(id);
      const both = ["c", "d"].map((id) => ({ ticketId: id, playerId: player(id, 0), team: "red" }));
      tale.matcher(fill({ newcomers: both }));
      tale.change({ added: [seat("c", "red"), seat("d", "red")] }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
    },
  },
  {
    promise: "S-CAPACITY",
    name: "a seat that is freed and was not taken",
    tell(tale) {
      battle(tale);
      tale.change({ reason: "PLAYER_REMOVED", removed: [removed("c", "red")] });
    },
  },
  {
    promise: "S-CAPACITY",
    name: "a session that is over and still holds seats",
    tell(tale) {
      battle(tale);
      tale.change({ reason: "SESSION_ENDED", state: "TERMINATED" });
    },
  },
  {
    promise: "S-ONE-PER-MATCH",
    name: "two sessions for one placement",
    tell(tale) {
      tale.queue("a");
      tale.queue("b");
      tale.match(["a"], ["b"]);
      tale.process();
      tale.process("proc_2");
      tale.placement();
      tale.session();
      tale.session({ battleSessionId: "bs_2", processId: "proc_2" });
    },
  },
  {
    promise: "S-ONE-PER-MATCH",
    name: "a second attempt beside the first",
    tell(tale) {
      tale.placement();
      tale.placement({ placementId: "match_1.2" });
    },
  },
  {
    promise: "S-ONE-PER-MATCH",
    name: "a session that never comes alive",
    tell(tale) {
      tale.process();
      tale.placement();
      tale.session();
      tale.nowMs += 10_000;
      tale.later();
    },
  },
  {
    promise: "S-PROCESS-LIMIT",
    name: "a process with one session too many",
    tell(tale) {
      tale.process();
      tale.placement();
      tale.session();
      tale.placement({ placementId: "match_2.1", matchId: "match_2" });
      tale.session({ battleSessionId: "bs_2", matchId: "match_2", placementId: "match_2.1" });
    },
  },
  {
    promise: "S-FENCED",
    name: "a lower generation",
    tell(tale) {
      tale.process();
      tale.fleet({ type: "process-attached", processId: "proc_1", attachGeneration: 0, pid: 1 });
    },
  },
  {
    promise: "S-FENCED",
    name: "a change of a session that is over",
    tell(tale) {
      battle(tale);
      const seats = [removed("a", "red", "SESSION_ENDED"), removed("b", "blue", "SESSION_ENDED")];
      tale.change({ reason: "SESSION_ENDED", state: "TERMINATED", removed: seats });
      tale.change({ reason: "BACKFILL_UPDATED" });
    },
  },
  {
    promise: "S-LOSS-NOTICED",
    name: "a process whose death nobody notices",
    tell(tale) {
      tale.see({ type: "life", node: "fleet~1", how: "start", service: "fleet" });
      tale.process();
      tale.see({ type: "life", node: "server~1", how: "crash", processId: "proc_1" });
      tale.nowMs += 20_000;
      tale.fleet({ type: "opened", journalId: "" });
    },
  },
  {
    promise: "S-LOSS-NOTICED",
    name: "a session that outlives its process",
    tell(tale) {
      battle(tale);
      tale.fleet({ type: "process-ended", processId: "proc_1", reason: "", crashed: true });
      tale.nowMs += 1;
      tale.fleet({ type: "opened", journalId: "" });
    },
  },
  {
    promise: "S-QUEUE-FALLBACK",
    name: "a placement without an end",
    tell(tale) {
      tale.placement();
      tale.nowMs += 30_000;
      tale.later();
    },
  },
  {
    promise: "S-QUEUE-FALLBACK",
    name: "a fleet that the queue does not name",
    tell(tale) {
      tale.process("proc_1", { fleet: "us" });
      tale.placement();
      tale.session();
    },
  },
  {
    promise: "S-PROCESS-LIMIT",
    name: "a host that activates more sessions than it may",
    tell(tale) {
      tale.process("proc_1", { hostNumber: 1 });
      tale.process("proc_2", { hostNumber: 1 });
      tale.placement();
      tale.session();
      tale.placement({ placementId: "match_2.1" });
      tale.session({ battleSessionId: "bs_2", processId: "proc_2", placementId: "match_2.1", matchId: "match_2" });
    },
  },
  {
    promise: "S-QUEUE-FALLBACK",
    name: "a fleet that an alias stood for once",
    tell(tale) {
      tale.process();
      tale.fleet({ type: "alias-put", name: "eu", target: { type: "closed", message: "Closed" } });
      tale.placement();
      tale.session();
    },
  },
  {
    promise: "S-DRAIN",
    name: "a session on a process that drains",
    tell(tale) {
      tale.process();
      tale.fleet({ type: "process-draining", processId: "proc_1", reason: "DRAINED" });
      tale.placement();
      tale.session();
    },
  },
  {
    promise: "S-DRAIN",
    name: "a session on a process whose fleet was restarted",
    tell(tale) {
      tale.process();
      tale.fleet({ type: "fleet-restarted", fleet: "eu" });
      tale.placement();
      tale.session();
    },
  },
  {
    promise: "S-DRAIN",
    name: "a session on a fleet that is drained",
    tell(tale) {
      tale.process();
      tale.fleet({ type: "fleet-drain-put", fleet: "eu", isDrained: true });
      tale.placement();
      tale.session();
    },
  },
  {
    promise: "S-DRAIN",
    name: "a protected battle that ends as its fleet shrinks",
    tell(tale) {
      battle(tale);
      tale.fleet({ type: "process-terminating", processId: "proc_1", reason: "SCALE_IN", deadlineMs: 9_000 });
    },
  },
  {
    promise: "S-LATENCY-CAP",
    name: "a player who is further away than the cap of the moment",
    tell(tale) {
      tale.process();
      tale.placement(away(20, 60));
      tale.nowMs += 1_999;
      tale.session({ region: "eu" });
    },
  },
  {
    promise: "S-LATENCY-CAP",
    name: "a player who has measured nothing there",
    tell(tale) {
      tale.process();
      tale.placement({ players: [...away(20).players, { ...seat("b", "blue"), latenciesMs: {} }] });
      tale.nowMs += 3_000;
      tale.session({ region: "eu" });
    },
  },
  {
    promise: "S-LATENCY-CAP",
    name: "a region that the placement does not name",
    tell(tale) {
      tale.process();
      tale.placement({ regions: ["us"] });
      tale.session({ region: "eu" });
    },
  },
  {
    promise: "S-LATENCY-CAP",
    name: "a placement that is given up although a later cap would do",
    tell(tale) {
      tale.placement(away(20, 60));
      tale.fleet({ type: "placement-ended", placementId: "match_1.1", state: "FAILED" });
    },
  },
  {
    promise: "P-ACCEPT-ONCE",
    name: "a seat that is accepted twice",
    tell(tale) {
      battle(tale);
      const accepted = { playerSessionId: seat("a", "red").playerSessionId, requestId: "1", reconnectSecret: "rs" };
      const updated = [seat("a", "red", { state: "ACTIVE", expiresAtMs: undefined })];
      tale.change({ reason: "PLAYER_ACCEPTED", updated }, { accepted });
      tale.change({ reason: "PLAYER_ACCEPTED", updated }, { accepted });
    },
  },
  {
    promise: "P-ACCEPT-ONCE",
    name: "a seat that two games are granted",
    tell(tale) {
      battle(tale);
      const { playerSessionId } = seat("a", "red");
      const request = { playerSessionId, requestId: "1", reconnectSecret: "" };
      tale.call("acceptPlayerSession", request, ok({ battleSessionId: "bs_1" }), "server~1");
      tale.call("acceptPlayerSession", { ...request, requestId: "2" }, ok({ battleSessionId: "bs_1" }), "server~1");
    },
  },
  {
    promise: "P-RESERVE-EXPIRES",
    name: "a reservation that outlives its time",
    tell(tale) {
      battle(tale);
      tale.nowMs = 70_000;
      tale.later();
    },
  },
  {
    promise: "P-RESERVE-EXPIRES",
    name: "a reservation that ends too early",
    tell(tale) {
      battle(tale);
      tale.change({ reason: "RESERVATION_EXPIRED", removed: [removed("a", "red", "RESERVATION_EXPIRED")] });
    },
  },
  {
    promise: "P-REMOVE-ONCE",
    name: "a roster version that stands still",
    tell(tale) {
      battle(tale);
      tale.change({ reason: "PLAYER_REMOVED", removed: [removed("a", "red")], rosterVersion: 2 });
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
    promise: "S-CREATED",
    name: "a token that is two sessions",
    tell(tale) {
      for (const battleSessionId of ["bs_1", "bs_2"]) {
        const request = { idempotencyToken: "t", capacity: 2 };
        tale.call("createServerSession", request, { ok: { session: { battleSessionId } } });
      }
    },
  },
  {
    promise: "S-CREATED",
    name: "a token that is taken for two requests",
    tell(tale) {
      for (const capacity of [2, 3]) {
        const outcome = { ok: { session: { battleSessionId: "bs_1" } } };
        tale.call("createServerSession", { idempotencyToken: "t", capacity }, outcome);
      }
    },
  },
  {
    promise: "S-CREATED",
    name: "a session that was ended by force and lives",
    tell(tale) {
      battle(tale);
      tale.change({ reason: "SESSION_TERMINATING", state: "TERMINATING" });
      tale.call("terminateServerSession", { battleSessionId: "bs_1" }, { ok: {} });
      tale.call("terminateServerSession", { battleSessionId: "bs_1", force: true }, { ok: {} });
    },
  },
  {
    promise: "S-CREATED",
    name: "a search that finds in another order",
    tell(tale) {
      const sessions = [[], [1]].map((playerSessions) => ({ capacity: 3, playerSessions }));
      tale.call("searchServerSessions", {}, { ok: { sessions } });
    },
  },
  {
    promise: "P-DESCRIBED",
    name: "a seat that nobody gave",
    tell(tale) {
      battle(tale);
      const playerSession = { playerSessionId: "ps_nobody", playerId: "eve" };
      const playerSessions = [{ battleSessionId: "bs_1", playerSession }];
      tale.call("describePlayerSessions", { battleSessionId: "bs_1" }, { ok: { playerSessions } });
    },
  },
  {
    promise: "P-DESCRIBED",
    name: "a seat that the game has given back",
    tell(tale) {
      battle(tale);
      const { playerSessionId, playerId } = seat("a", "red");
      tale.call("removePlayerSession", { playerSessionId }, { ok: {} });
      const playerSessions = [{ battleSessionId: "bs_1", playerSession: { playerSessionId, playerId } }];
      tale.call("describePlayerSessions", { battleSessionId: "bs_1" }, { ok: { playerSessions } });
    },
  },
  {
    promise: "E-CUSTOM-DATA",
    name: "numbers that no game reported",
    tell(tale) {
      battle(tale);
      tale.change({ reason: "CUSTOM_DATA_REPORTED", customData: { currentCount: 1, maxCount: 2 } });
    },
  },
  {
    promise: "E-CUSTOM-DATA",
    name: "numbers that never arrive",
    tell(tale) {
      battle(tale);
      tale.call("reportCustomData", { battleSessionId: "bs_1", currentCount: 1, maxCount: 2 }, { ok: {} });
      tale.heal();
      tale.nowMs += 60_000;
      tale.later();
    },
  },
  {
    promise: "E-ORDER",
    name: "a version that a watcher does not hear",
    tell(tale) {
      tale.watch("w");
      tale.queue("a");
      tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
      tale.ticket("w", { ticketId: "a", version: 2, state: 4 });
    },
  },
  {
    promise: "E-ORDER",
    name: "a session that a game is told to start twice",
    tell(tale) {
      battle(tale);
      const session = { battleSessionId: "bs_1", revision: 1, players: [] };
      tale.heard({ type: "start", session });
      tale.heard({ type: "start", session });
    },
  },
  {
    promise: "E-TRUE",
    name: "an event before its fact is durable",
    tell(tale) {
      tale.watch("w");
      tale.queue("a");
      tale.ticket("w", { ticketId: "a", version: 1, state: 1 });
      tale.ticket("w", { ticketId: "a", version: 2, state: 4 });
    },
  },
  {
    promise: "E-TRUE",
    name: "a revision that the game hears of before it is durable",
    tell(tale) {
      battle(tale);
      tale.heard({ type: "start", session: { battleSessionId: "bs_1", revision: 9, players: [] } });
    },
  },
  {
    promise: "E-IDEMPOTENT",
    name: "one event in two forms",
    tell(tale) {
      tale.watch("v");
      tale.watch("w");
      tale.queue("a");
      tale.ticket("v", { ticketId: "a" });
      tale.ticket("w", { ticketId: "a", cause: "OTHER" });
    },
  },
  {
    promise: "E-AT-LEAST-ONCE",
    name: "an event that never comes",
    tell(tale) {
      tale.watch("w");
      tale.queue("a");
      tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
      tale.ticket("w", { ticketId: "a" });
      tale.heal();
      tale.end();
    },
  },
  {
    promise: "T-PLAYER-ONCE",
    name: "a ticket that is superseded by somebody else's",
    tell(tale) {
      tale.queue("a");
      tale.matcher({ type: "ticket-cancelled", ticketId: "a", cause: "SUPERSEDED" });
      tale.queue("b");
    },
  },
  {
    promise: "T-REJOIN",
    name: "a player who is led back to another's seat",
    tell(tale) {
      battle(tale);
      tale.queue("c", 1, { players: [{ playerId: player("a", 0), attributes: {}, latenciesMs: {}, team: undefined }] });
      const { playerSessionId } = seat("b", "blue");
      const players = [{ playerId: player("a", 0), team: "red", ticketId: "c", playerSessionId }];
      tale.matcher({ type: "ticket-rejoined", ticketId: "c", battleSessionId: "bs_1", region: "eu", players });
    },
  },
  {
    promise: "P-BROUGHT",
    name: "a seat that does not show what its player brought",
    tell(tale) {
      tale.queue("a", 1, {
        players: [{ playerId: player("a", 0), attributes: {}, latenciesMs: {}, team: undefined, data: "fox" }],
      });
      tale.queue("b");
      tale.match(["a"], ["b"]);
      tale.process();
      tale.placement();
      tale.session();
      tale.activate();
    },
  },
  {
    promise: "T-PRESENCE",
    name: "a ticket that is given up before its grace is over",
    tell(tale) {
      tale.queue("a", 1, { presenceGraceMs: 5_000 });
      tale.nowMs += 4_000;
      tale.matcher({ type: "ticket-cancelled", ticketId: "a", cause: "OWNER_GONE" });
    },
  },
  {
    promise: "T-PRESENCE",
    name: "a ticket that is given up while it is watched",
    tell(tale) {
      tale.queue("a", 1, { presenceGraceMs: 5_000 });
      tale.see({ type: "ticket-watch", watcher: "w", resumeToken: "", ticketIds: ["a"] });
      tale.nowMs += 6_000;
      const event = { resumeToken: "t1.0", type: 3, ticket: undefined, at: new Date(tale.nowMs) };
      tale.see({ type: "ticket-event", watcher: "w", event: event as never });
      tale.matcher({ type: "ticket-cancelled", ticketId: "a", cause: "OWNER_GONE" });
    },
  },
  {
    promise: "T-PRESENCE",
    name: "a ticket that waits on although its owner is gone",
    tell(tale) {
      tale.queue("a", 1, { presenceGraceMs: 5_000 });
      becomeQuiet(tale);
      tale.nowMs += 5_000;
      tale.matcher({ type: "ended-forgotten", endedUntilMs: 0 });
    },
  },
  {
    promise: "T-HISTORY",
    name: "a history that leaves a change out",
    tell(tale) {
      tale.queue("a");
      tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
      const transitions = [{ type: 1, version: 2, state: 4, seatedBy: 0 }];
      const ticket = { ticketId: "a", version: 2, state: 4 };
      tale.call("describeTicketHistory", { ticketId: "a" }, ok({ ticket, transitions }));
    },
  },
  {
    promise: "T-HISTORY",
    name: "a history that tells of the end of a fill alone",
    tell(tale) {
      tale.queue("a");
      const transitions = [{ type: 1, version: 1, state: 1, seatedBy: 0 }];
      const attempts = [{ type: 2, fillId: "f1" }];
      const ticket = { ticketId: "a", version: 1, state: 1 };
      tale.call("describeTicketHistory", { ticketId: "a" }, ok({ ticket, transitions, attempts }));
    },
  },
  {
    promise: "T-HISTORY",
    name: "a list of who was not asked for",
    tell(tale) {
      tale.queue("a");
      const request = { configuration: "", states: [4], playerId: "" };
      const ticket = { ticketId: "a", version: 1, state: 1, configuration: "", players: [] };
      tale.call("listTickets", request, ok({ tickets: [ticket] }));
    },
  },
  {
    promise: "Q-MONOTONIC",
    name: "a read that goes back",
    tell(tale) {
      tale.queue("a");
      tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
      const read = (version: number, state: number) =>
        tale.call(
          "describeMatchingProgress",
          { ticketIds: ["a"] },
          ok({ tickets: [{ ticketId: "a", version, state }] }),
        );
      read(2, 4);
      read(1, 1);
    },
  },
  {
    promise: "L-BOUNDED",
    name: "streams that are left over",
    tell(tale) {
      tale.see({ type: "gauge", name: "open streams", value: 9, quietMax: 3 });
      tale.heal();
      tale.end();
    },
  },
  {
    promise: "L-PROGRESS",
    name: "a ticket that times out beside its match",
    tell(tale) {
      tale.queue("a", 1, { timesOutAtMs: 40_000 });
      tale.queue("b");
      tale.heal();
      tale.nowMs = 40_000;
      tale.matcher({ type: "ticket-timed-out", ticketId: "a" });
    },
  },
  {
    promise: "L-PROGRESS",
    name: "a matcher that does not answer",
    tell(tale) {
      tale.heal();
      tale.nowMs += 20_000;
      tale.call("cancelMatching", { ticketId: "a" }, { unknown: "PEER_UNREACHABLE" });
    },
  },
  {
    promise: "HISTORY",
    name: "a ticket that every request for was refused",
    tell(tale) {
      tale.call("startMatching", started("a", "a.0"), refused("FIELD_INVALID"));
      tale.queue("a");
    },
  },
  {
    promise: "HISTORY",
    name: "a cancel that nobody asked for",
    tell(tale) {
      tale.call("startMatching", started("a", "a.0"), { unknown: "PEER_UNREACHABLE" });
      tale.queue("a");
      tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
    },
  },
  {
    promise: "HISTORY",
    name: "a repeat that is refused after an acknowledgement",
    tell(tale) {
      tale.call("startMatching", started("a", "a.0"), { unknown: "PEER_UNREACHABLE" });
      tale.queue("a");
      const ticket = { ticketId: "a", version: 1, state: 1 };
      tale.call("startMatching", started("a", "a.0"), ok({ ticket }));
      tale.call("startMatching", started("a", "a.0"), refused("POOL_FULL"));
    },
  },
  {
    promise: "HISTORY",
    name: "a reader who is shown less than another was",
    tell(tale) {
      tale.call("startMatching", started("a", "a.0"), { unknown: "PEER_UNREACHABLE" });
      tale.queue("a");
      tale.queue("b");
      tale.match(["a"], ["b"]);
      const read = (caller: string, version: number, state: number) =>
        tale.call("describeMatchingProgress", {}, ok({ tickets: [{ ticketId: "a", version, state }] }), caller);
      read("one", 2, 2);
      read("other", 1, 1);
    },
  },
  {
    promise: "E-PLACEMENTS",
    name: "an attempt that a watcher is not told of",
    tell(tale) {
      tale.process();
      tale.see({ type: "placement-watch", watcher: "w", resumeToken: "" });
      tale.placement();
      hearPlacement(tale, { state: 1, attempts: 0 });
      tale.session();
      tale.activate();
      hearPlacement(tale, { state: 2, attempts: 1 });
    },
  },
  {
    promise: "E-PLACEMENTS",
    name: "an end that is no fact",
    tell(tale) {
      tale.see({ type: "placement-watch", watcher: "w", resumeToken: "" });
      tale.placement();
      hearPlacement(tale, { state: 1, attempts: 0 });
      hearPlacement(tale, { state: 5, attempts: 0 });
    },
  },
  {
    promise: "E-PLACEMENTS",
    name: "a step after the end",
    tell(tale) {
      tale.see({ type: "placement-watch", watcher: "w", resumeToken: "" });
      tale.placement();
      hearPlacement(tale, { state: 1, attempts: 0 });
      tale.fleet({ type: "placement-ended", placementId: "match_1.1", state: "CANCELLED" });
      hearPlacement(tale, { state: 3, attempts: 0 });
      hearPlacement(tale, { state: 3, attempts: 0 });
    },
  },
  {
    promise: "X-CLOCK",
    name: "journal time that follows the wall clock",
    tell(tale) {
      tale.queue("a");
      tale.see({
        type: "matcher-fact",
        sequence: 4,
        epoch: 1,
        journalMs: tale.nowMs + 3_600_000,
        wallMs: 0,
        fact: { type: "ended-forgotten", endedUntilMs: 0 },
      });
    },
  },
  {
    promise: "X-SECRET",
    name: "a player session id in a log",
    tell(tale) {
      battle(tale);
      tale.see({ type: "log", node: "matcher", text: `seated ${seat("a", "red").playerSessionId}` });
    },
  },
  {
    promise: "X-SECRET",
    name: "a process's secret in an error",
    tell(tale) {
      tale.process();
      tale.call("attach", {}, { refused: "CREDENTIALS_INVALID", text: "not key_0123456789abcdefghij", metadata: {} });
    },
  },
  {
    promise: "M-DETERMINISTIC",
    name: "a snapshot of something else",
    tell(tale) {
      tale.see({ type: "snapshot", service: "matcher", epoch: 1, sequence: 2, bytes: new Uint8Array(6) });
    },
  },
  {
    promise: "J-SEQUENCE",
    name: "a gap in the journal",
    tell(tale) {
      const fact = { type: "ended-forgotten", endedUntilMs: 0 } as const;
      tale.see({ type: "matcher-fact", sequence: 9, epoch: 1, journalMs: tale.nowMs, wallMs: 0, fact });
    },
  },
  {
    promise: "J-FENCED",
    name: "a zombie whose append is durable",
    tell(tale) {
      tale.acquired("matcher", { epoch: 2 });
      tale.queue("a");
    },
  },
  {
    promise: "J-DURABLE",
    name: "a durable record that a later owner does not find",
    tell(tale) {
      tale.acquired("matcher", { epoch: 2, lastSequence: 1 });
    },
  },
  {
    promise: "J-KEPT",
    name: "records that are compacted away and are in no snapshot",
    tell(tale) {
      tale.see({ type: "compacted", service: "matcher", firstSequence: 3 });
    },
  },
];

for (const { promise, name, tell } of rows) {
  test(`createCheckers() sees ${name} as ${promise} broken`, () => {
    const tale = createTale(createCheckers(terms));
    expect(() => tell(tale)).toThrow(new RegExp(`^${promise}: `));
  });
}

test("createCheckers() finds nothing wrong with a battle that goes well", () => {
  const checkers = createCheckers(terms);
  const tale = createTale(checkers);
  tale.watch("w");
  battle(tale);
  for (const ticketId of ["a", "b"]) {
    tale.ticket("w", { ticketId, version: 1, state: 1 });
    tale.ticket("w", { ticketId, version: 2, state: 2 });
    tale.ticket("w", { ticketId, version: 3, state: 3 });
  }
  for (const id of ["c", "d"]) tale.queue(id);
  tale.matcher(fill({ approvalTimeoutMs: 1_000 }));
  propose(tale);
  const playerIds = ["c", "d"].map((id) => player(id, 0));
  tale.heard({ type: "approve", battleSessionId: "bs_1", playerIds, said: true });
  tale.call("answerFill", { fillId: "bf_1.f1", approved: true }, ok({}), "server~1");
  tale.change({ added: newcomers }, { request: { id: "fill bf_1.f1", bodyDigest: "" } });
  const players = ["a", "b", "c", "d"].map((ticketId) => ({ ticketId }));
  tale.matcher({ type: "fill-applied", fillId: "bf_1.f1", battleSessionId: "bs_1", players, region: "eu" });
  const seats = [...["a", "c"].map((id) => removed(id, "red")), ...["b", "d"].map((id) => removed(id, "blue"))];
  tale.change({ reason: "SESSION_ENDED", state: "TERMINATED", removed: seats });
  const backfill = { backfillId: "bf_1", state: "CANCELLED", strategy: "MAX_POSSIBLE" };
  tale.matcher({ type: "backfill-changed", battleSessionId: "bs_1", backfill });
  tale.matcher({ type: "session-ended", battleSessionId: "bs_1", cause: "GAME_ENDED" });
  for (const ticketId of ["c", "d"]) {
    tale.ticket("w", { ticketId, version: 1, state: 1 });
    tale.ticket("w", { ticketId, version: 2, state: 3 });
  }
  for (const ticketId of ["a", "b"]) tale.ticket("w", { ticketId, version: 3, state: 3 }, { type: 2 });
  for (const ticketId of ["c", "d"]) tale.ticket("w", { ticketId, version: 2, state: 3 }, { type: 2 });
  tale.heal();
  tale.end();
  expect(checkers.names.length).toBeGreaterThan(30);
});
