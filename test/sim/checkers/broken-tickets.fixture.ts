// How promises of tickets are broken.
import { battle, player, seat } from "./tale.fixture.ts";
import { type BrokenTale, becomeQuiet, explained, ok, refused, started } from "./tale-words.fixture.ts";

export const brokenTickets: readonly BrokenTale[] = [
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
];
