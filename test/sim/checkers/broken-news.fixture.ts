// How promises of events, watches, progress and journals are broken.
import { battle, seat } from "./tale.fixture.ts";
import { type BrokenTale, hearPlacement, ok, refused, started } from "./tale-words.fixture.ts";

export const brokenNews: readonly BrokenTale[] = [
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
