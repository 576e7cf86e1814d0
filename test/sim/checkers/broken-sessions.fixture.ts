// How promises of sessions and seats are broken.
import { battle, player, seat } from "./tale.fixture.ts";
import { away, type BrokenTale, fill, ok, removed } from "./tale-words.fixture.ts";

export const brokenSessions: readonly BrokenTale[] = [
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
];
