import type { Ticket } from "@muster/sdk/backend";
import { expect, test } from "vitest";
import { isOver, writeTicketView } from "./ticket-view.ts";

const ticket: Ticket = {
  ticketId: "t1",
  configuration: "arena",
  state: "SEARCHING",
  version: 1,
  players: [{ playerId: "anna", attributes: { skill: 1_000 }, latenciesMs: {}, team: undefined, data: undefined }],
  createdAt: new Date(0),
  timesOutAt: new Date(60_000),
  matchId: undefined,
  assignment: undefined,
  cause: undefined,
  returns: 0,
  estimatedWaitMs: undefined,
  proposal: undefined,
  preparation: undefined,
  partyId: undefined,
  presenceGraceSeconds: undefined,
};
const assignment = {
  address: { host: "10.0.0.1", ports: { query: 7_501, game: 7_500 } },
  battleSessionId: "bs_1",
  region: "eu-west",
  players: [
    { playerId: "ben", team: "blue", ticketId: "t2", playerSessionId: undefined },
    { playerId: "anna", team: "red", ticketId: "t1", playerSessionId: "ps_anna" },
  ],
};

const rows: readonly { name: string; change: Partial<Ticket>; view: object; over: boolean }[] = [
  { name: "a search", change: {}, view: { ticketId: "t1", state: "SEARCHING" }, over: false },
  {
    name: "a placement",
    change: { state: "PLACING", matchId: "m" },
    view: { ticketId: "t1", state: "PLACING" },
    over: false,
  },
  {
    name: "a match that waits for acceptance",
    change: { state: "REQUIRES_ACCEPTANCE", matchId: "m", proposal: { expiresAt: new Date(0), players: [] } },
    view: { ticketId: "t1", state: "REQUIRES_ACCEPTANCE" },
    over: false,
  },
  {
    name: "an end without a battle",
    change: { state: "TIMED_OUT", cause: "REQUEST_TIMEOUT" },
    view: { ticketId: "t1", state: "TIMED_OUT", cause: "REQUEST_TIMEOUT" },
    over: true,
  },
  {
    name: "the player's own seat at the game port, and nobody else",
    change: { state: "COMPLETED", assignment },
    view: {
      ticketId: "t1",
      state: "COMPLETED",
      connection: { host: "10.0.0.1", port: 7_500, team: "red", playerSessionId: "ps_anna" },
    },
    over: true,
  },
  {
    name: "the only port, whatever its name",
    change: { state: "COMPLETED", assignment: { ...assignment, address: { host: "h", ports: { main: 9 } } } },
    view: {
      ticketId: "t1",
      state: "COMPLETED",
      connection: { host: "h", port: 9, team: "red", playerSessionId: "ps_anna" },
    },
    over: true,
  },
  {
    name: "no place to go where matches have none",
    change: { state: "COMPLETED", assignment: { ...assignment, address: undefined } },
    view: { ticketId: "t1", state: "COMPLETED" },
    over: true,
  },
];
for (const { name, change, view, over } of rows) {
  test(`writeTicketView() shows ${name}`, () => {
    expect(writeTicketView({ ...ticket, ...change })).toEqual(view);
    expect(isOver({ ...ticket, ...change })).toBe(over);
  });
}
