import { expect, test } from "vitest";
import type { Party } from "../contract/party.ts";
import { describeParty, summarizeParty } from "./party.ts";

const party: Party = {
  ...{ partyId: "p", state: "ACTIVE", version: 4, leaderId: "bo", membersMax: 4, open: false, properties: {} },
  members: [
    { playerId: "ada", attributes: {} },
    { playerId: "bo", attributes: {} },
  ],
  offers: [{ playerId: "cy", kind: "ASKED", expiresAt: "2026-11-29T12:00:00.000Z" }],
  lastChange: { type: "PROMOTED", playerId: "bo", at: undefined },
  ticketIds: ["tick_1"],
};

test("a party for people says who leads it, who may come, and what it waits for", () => {
  expect(describeParty(party)).toEqual([
    "party          p",
    "state          ACTIVE",
    "members        2 of 4",
    "member         ada",
    "leader         bo",
    "asked          cy, until 2026-11-29T12:00:00.000Z",
    "ticket         tick_1",
  ]);
  expect(summarizeParty(party)).toBe("p PROMOTED bo: ada, bo*, cy ASKED");
});

test("a party that has ended has nobody to name", () => {
  const over = { ...party, members: [], offers: [], leaderId: undefined };
  expect(summarizeParty({ ...over, lastChange: { type: "DISSOLVED", playerId: undefined, at: undefined } })).toBe(
    "p DISSOLVED",
  );
});
