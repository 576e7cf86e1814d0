import { MatchAnswer } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { createCheckers } from "./table.ts";
import { createTale, player, type Tale } from "./tale.fixture.ts";

const terms = { hostLostAfterMs: 12_000, queues: [], fleets: [], aliases: new Map() };
const LASTS_MS = 10_000;

/** One against one, who are asked. */
function propose(tale: Tale, autoContinue = true): void {
  tale.queue("a");
  tale.queue("b");
  tale.match(["a"], ["b"], { acceptance: { deadlineAtMs: tale.nowMs + LASTS_MS, autoContinue } });
}
let calls = 100;
/** Somebody asks for it; the answer is still to come. */
function ask(tale: Tale, answer: "ACCEPT" | "REFUSE", ticketId: string, matchId = "match_1"): number {
  calls += 1;
  const request = { ticketId, matchId, playerIds: [player(ticketId, 0)], answer: MatchAnswer[answer] };
  tale.see({ type: "call", callId: calls, caller: "backend", method: "acceptMatch", request });
  return calls;
}
const accepted = (tale: Tale, ticketId: string) => {
  return tale.matcher({ type: "match-accepted", matchId: "match_1", ticketId, playerIds: [player(ticketId, 0)] });
};
const accept = (tale: Tale, ticketId: string) => {
  ask(tale, "ACCEPT", ticketId);
  accepted(tale, ticketId);
};
const ended = (tale: Tale, fates: Readonly<Record<string, string>>) => {
  const outcomes = Object.entries(fates).map(([ticketId, fate]) => ({ ticketId, fate }));
  tale.matcher({ type: "proposal-ended", matchId: "match_1", outcomes });
};
const place = (tale: Tale, matchId = "match_1") => {
  tale.process();
  tale.placement({ placementId: `${matchId}.1`, matchId });
};
const waitOut = (tale: Tale) => {
  tale.nowMs += LASTS_MS;
};

const rows: readonly { readonly name: string; readonly tell: (tale: Tale) => void }[] = [
  {
    name: "a match that is placed before all have accepted",
    tell: (tale) => [propose(tale), accept(tale, "a"), place(tale)],
  },
  { name: "an acceptance that nobody asked for", tell: (tale) => [propose(tale), accepted(tale, "a")] },
  {
    name: "an acceptance of another match",
    tell: (tale) => [propose(tale), ask(tale, "ACCEPT", "a", "match_0"), accepted(tale, "a")],
  },
  {
    name: "an acceptance at the deadline",
    tell: (tale) => [propose(tale), waitOut(tale), accept(tale, "a")],
  },
  { name: "an acceptance of a match that nobody proposed", tell: (tale) => [tale.queue("a"), accept(tale, "a")] },
  {
    name: "a refusal that nobody asked for",
    tell: (tale) => [propose(tale), ended(tale, { a: "REFUSED", b: "RETURNED_REFUSED" })],
  },
  {
    name: "somebody who had not answered and is blamed",
    tell: (tale) => [propose(tale), ask(tale, "REFUSE", "a"), ended(tale, { a: "REFUSED", b: "SILENT" })],
  },
  {
    name: "a silent ticket that searches on",
    tell: (tale) => [
      ...[propose(tale), accept(tale, "a"), waitOut(tale)],
      ended(tale, { a: "RETURNED_UNANSWERED", b: "RETURNED_UNANSWERED" }),
    ],
  },
  {
    name: "a proposal that ends before its time",
    tell: (tale) => [propose(tale), ended(tale, { a: "SILENT", b: "SILENT" })],
  },
  {
    name: "a ticket that searches on without auto-continue",
    tell: (tale) => [
      propose(tale, false),
      ask(tale, "REFUSE", "a"),
      ended(tale, { a: "REFUSED", b: "RETURNED_REFUSED" }),
    ],
  },
  {
    name: "a ticket that is cancelled in spite of auto-continue",
    tell: (tale) => [propose(tale), ask(tale, "REFUSE", "a"), ended(tale, { a: "REFUSED", b: "DISSOLVED_REFUSED" })],
  },
  {
    name: "a ticket that goes back to the search after its time",
    tell: (tale) => {
      tale.queue("a", 1, { timesOutAtMs: tale.nowMs + 1_000 });
      tale.queue("b");
      tale.match(["a"], ["b"], { acceptance: { deadlineAtMs: tale.nowMs + LASTS_MS, autoContinue: true } });
      tale.nowMs += 2_000;
      ask(tale, "REFUSE", "b");
      ended(tale, { a: "RETURNED_REFUSED", b: "REFUSED" });
    },
  },
  {
    name: "an end that forgets a ticket",
    tell: (tale) => [propose(tale), ask(tale, "REFUSE", "a"), ended(tale, { a: "REFUSED" })],
  },
  {
    name: "an acceptance that is acknowledged and not durable",
    tell(tale) {
      propose(tale);
      const callId = ask(tale, "ACCEPT", "a");
      const ticket = { ticketId: "a", version: 2, state: 7, matchId: "match_1", proposal: { players: [] } };
      tale.see({ type: "answer", callId, outcome: { ok: { ticket } } });
    },
  },
  {
    name: "a refusal that is acknowledged and is none",
    tell(tale) {
      propose(tale);
      const callId = ask(tale, "REFUSE", "a");
      const ticket = { ticketId: "a", version: 2, state: 7, matchId: "match_1", proposal: { players: [] } };
      tale.see({ type: "answer", callId, outcome: { ok: { ticket } } });
    },
  },
  {
    name: "a proposal that its tickets are said never to have had",
    tell(tale) {
      propose(tale);
      const callId = ask(tale, "ACCEPT", "a");
      tale.see({ type: "answer", callId, outcome: { refused: "PROPOSAL_NOT_FOUND", text: "Cannot", metadata: {} } });
    },
  },
  {
    name: "a proposal that never ends",
    tell(tale) {
      propose(tale);
      tale.heal();
      tale.nowMs += 30_000;
      tale.matcher({ type: "ended-forgotten", endedUntilMs: 0 });
    },
  },
];

for (const { name, tell } of rows) {
  test(`createCheckers() sees ${name} as M-ACCEPT-ALL broken`, () => {
    const tale = createTale(createCheckers(terms));
    expect(() => tell(tale)).toThrow(/^M-ACCEPT-ALL: /);
  });
}

test("createCheckers() finds nothing wrong with a match that is accepted, nor with one that is refused", () => {
  const tale = createTale(createCheckers(terms));
  tale.watch("w");
  propose(tale);
  accept(tale, "a");
  const players = ["a", "b"].map((ticketId) => ({ playerId: player(ticketId, 0), accepted: ticketId === "a" }));
  tale.ticket("w", { ticketId: "a", version: 1, state: 1 });
  const shown = { ticketId: "a", state: 7, matchId: "match_1" };
  const nobody = players.map((one) => ({ ...one, accepted: false }));
  tale.ticket("w", { ...shown, version: 2, proposal: { players: nobody } });
  tale.ticket("w", { ...shown, version: 3, proposal: { players } }, { type: 4 });
  ask(tale, "REFUSE", "b");
  ended(tale, { a: "RETURNED_REFUSED", b: "REFUSED" });
  tale.queue("c");
  tale.match(["a"], ["c"], {
    matchId: "match_2",
    acceptance: { deadlineAtMs: tale.nowMs + LASTS_MS, autoContinue: true },
  });
  for (const ticketId of ["a", "c"]) {
    ask(tale, "ACCEPT", ticketId, "match_2");
    tale.matcher({ type: "match-accepted", matchId: "match_2", ticketId, playerIds: [player(ticketId, 0)] });
  }
  place(tale, "match_2");
});
