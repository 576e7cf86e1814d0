import type { BattleSession, SessionChange } from "@muster/proto";
import { expect, test } from "vitest";
import { createPromises, type Promises } from "./promises.ts";

const seat = (id: string, team = "red") => ({
  playerSessionId: `ps_${id}`,
  playerId: id,
  team,
  ticketId: `tick_${id}`,
});
const session = (id: string, seats: readonly object[], more: object = {}) =>
  ({
    battleSessionId: id,
    revision: 1,
    capacity: 2,
    state: "ACTIVE",
    teams: [{ name: "red", template: "red", capacity: 1 }],
    playerSessions: seats,
    ...more,
  }) as unknown as BattleSession;
const change = (more: object) =>
  ({ battleSessionId: "bs_1", revision: 2, added: [], updated: [], removed: [], ...more }) as unknown as SessionChange;
const completed = (battleSessionId: string) => ({ state: "COMPLETED", matchId: "match_1", battleSessionId });

const broken: readonly { promise: string; name: string; see: (promises: Promises) => void }[] = [
  {
    promise: "T-NO-LOSS",
    name: "an acknowledged ticket that is gone",
    see: (promises) => promises.ticketRead("tick_1", "not found"),
  },
  {
    promise: "T-NO-LOSS",
    name: "an end that is taken back",
    see: (promises) => {
      promises.ticketRead("tick_1", completed("bs_1"));
      promises.ticketRead("tick_1", { state: "SEARCHING", matchId: "", battleSessionId: "" });
    },
  },
  {
    promise: "M-DISJOINT",
    name: "a ticket in two battles",
    see: (promises) => {
      promises.ticketRead("tick_a", completed("bs_1"));
      promises.sessionSeen(session("bs_2", [seat("a")]));
    },
  },
  {
    promise: "M-DISJOINT",
    name: "a player with two seats",
    see: (promises) =>
      promises.sessionSeen(session("bs_1", [seat("a"), { ...seat("a", "blue"), playerSessionId: "ps_2" }])),
  },
  {
    promise: "S-CAPACITY",
    name: "a team that is too large",
    see: (promises) => promises.sessionSeen(session("bs_1", [seat("a"), seat("b")])),
  },
  {
    promise: "S-CAPACITY",
    name: "a session that becomes too large",
    see: (promises) => {
      promises.sessionSeen(session("bs_1", [seat("a"), seat("b", "blue")]));
      promises.sessionChanged(change({ added: [seat("c", "green")] }));
    },
  },
  {
    promise: "P-ACCEPT-ONCE",
    name: "a seat that is taken twice",
    see: (promises) => {
      promises.seatAccepted("ps_1");
      promises.seatAccepted("ps_1");
    },
  },
];
for (const { promise, name, see } of broken) {
  test(`createPromises() sees ${name} as ${promise} broken`, () => {
    const promises = createPromises();
    promises.ticketAcknowledged("tick_1");
    expect(() => see(promises)).toThrow(promise);
  });
}
