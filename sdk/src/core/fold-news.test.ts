import type { BattleSession } from "@muster/proto";
import { expect, test } from "vitest";
import { changeOf, removalOf, seatOf, sessionOf } from "../scripted-sidecar.fixture.ts";
import { foldNews, type SessionNews } from "./fold-news.ts";

const known: BattleSession = { ...sessionOf("bs_1", ["ann", "bob"]), revision: 5, state: "ACTIVE" };
const later = (change: Partial<BattleSession>): BattleSession => ({ ...known, revision: 9, ...change });
const start = (session: BattleSession): SessionNews => ({ type: "start", session, activateByMs: 1 });
const snapshot = (session: BattleSession): SessionNews => ({ type: "snapshot", session });
const change = (...args: Parameters<typeof changeOf>): SessionNews => ({ type: "change", change: changeOf(...args) });

const rows: readonly { name: string; known: BattleSession | undefined; news: SessionNews; is: string }[] = [
  { name: "starts a session that is new", known: undefined, news: start(known), is: "started" },
  {
    name: "starts a running session that the game has not seen",
    known: undefined,
    news: snapshot(known),
    is: "started",
  },
  {
    name: "ignores an unseen session that is over",
    known: undefined,
    news: snapshot({ ...known, state: "TERMINATED" }),
    is: "same",
  },
  { name: "asks for a snapshot when a change has nothing to apply to", known: undefined, news: change(6), is: "gap" },
  { name: "ignores the end of an unseen session", known: undefined, news: { type: "ended" }, is: "same" },
  { name: "ignores a repeated start", known, news: start(known), is: "same" },
  { name: "takes a later start as a snapshot", known, news: start(later({})), is: "updated" },
  { name: "ignores an older snapshot", known, news: snapshot({ ...known, revision: 4 }), is: "same" },
  { name: "ignores a repeated change", known, news: change(5), is: "same" },
  { name: "applies the next change", known, news: change(6), is: "updated" },
  { name: "sees a gap", known, news: change(7), is: "gap" },
  {
    name: "needs a snapshot for a change that it cannot read",
    known,
    news: { type: "unreadable", revision: 6 },
    is: "gap",
  },
  { name: "ignores an old change that it cannot read", known, news: { type: "unreadable", revision: 5 }, is: "same" },
  { name: "ends a session", known, news: { type: "ended" }, is: "updated" },
  { name: "ends a session once", known: { ...known, state: "TERMINATED" }, news: { type: "ended" }, is: "same" },
];
for (const { name, known, news, is } of rows) {
  test(`foldNews() ${name}`, () => {
    expect(foldNews(known, news).type).toBe(is);
  });
}

for (const news of [change(6), change(9), start(later({})), snapshot(later({}))]) {
  test(`foldNews() ends with the end: no ${news.type} comes after it`, () => {
    expect(foldNews({ ...known, state: "TERMINATED" }, news).type).toBe("same");
  });
}

const seats = rowsOfSeats();
for (const { name, news, reason, added, updated, removed } of seats) {
  test(`foldNews() tells seats apart: ${name}`, () => {
    const fold = foldNews(known, news);
    if (fold.type !== "updated") throw new Error(fold.type);
    expect(fold.update.reason).toBe(reason);
    expect(fold.update.added.map(({ playerId }) => playerId)).toEqual(added);
    expect(fold.update.updated.map(({ playerId }) => playerId)).toEqual(updated);
    expect(fold.update.removed.map(({ seat, cause }) => [seat.playerId, cause])).toEqual(removed);
  });
}

function rowsOfSeats() {
  const removal = [removalOf("ann")];
  const over = { state: "TERMINATED" } as const;
  return [
    {
      name: "a change names them",
      news: change(6, { reason: "PLAYER_REMOVED", removed: removal, added: [seatOf("cyd")], updated: [seatOf("bob")] }),
      reason: "PLAYER_REMOVED",
      added: ["cyd"],
      updated: ["bob"],
      removed: [["ann", "REMOVED"]],
    },
    {
      name: "a snapshot shows them",
      news: snapshot(later({ playerSessions: [seatOf("bob", "ACTIVE"), seatOf("cyd")] })),
      reason: "SNAPSHOT",
      added: ["cyd"],
      updated: ["bob"],
      removed: [["ann", undefined]],
    },
    {
      name: "a snapshot with the same seats names none",
      news: snapshot(later({ creationPolicy: "DENY_ALL" })),
      reason: "SNAPSHOT",
      added: [],
      updated: [],
      removed: [],
    },
    {
      name: "an end frees those that nobody named",
      news: change(6, { reason: "SESSION_ENDED", removed: removal, ...over }),
      reason: "SESSION_ENDED",
      added: [],
      updated: [],
      removed: [
        ["ann", "REMOVED"],
        ["bob", "SESSION_ENDED"],
      ],
    },
    {
      name: "a snapshot of the end frees all",
      news: snapshot(later({ playerSessions: [], ...over })),
      reason: "SNAPSHOT",
      added: [],
      updated: [],
      removed: [
        ["ann", "SESSION_ENDED"],
        ["bob", "SESSION_ENDED"],
      ],
    },
  ];
}
