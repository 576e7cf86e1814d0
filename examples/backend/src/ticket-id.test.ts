import { expect, test } from "vitest";
import { drawClientKey, drawRequestKey, isClientKey, ownsTicket, writeTicketId } from "./ticket-id.ts";

const anna = drawClientKey();
const ben = drawClientKey();

test("writeTicketId() gives one id for one request", () => {
  expect(writeTicketId(anna, "r1")).toBe(writeTicketId(anna, "r1"));
  const ids = [writeTicketId(anna, "r1"), writeTicketId(anna, "r2"), writeTicketId(ben, "r1")];
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_.:-]{1,128}$/);
});

const rows = [
  { name: "whose key started it", key: anna, id: writeTicketId(anna, "r1"), owns: true },
  { name: "with another key", key: ben, id: writeTicketId(anna, "r1"), owns: false },
  { name: "of an id that is none of ours", key: anna, id: "tick_1", owns: false },
  { name: "of an empty id", key: anna, id: "", owns: false },
];
for (const { name, key, id, owns } of rows) {
  test(`ownsTicket() is ${owns} for a client ${name}`, () => expect(ownsTicket(key, id)).toBe(owns));
}

test("drawn keys have the form of keys and differ", () => {
  expect(isClientKey(anna)).toBe(true);
  expect(anna).not.toBe(ben);
  expect(isClientKey("short")).toBe(false);
  expect(drawRequestKey()).not.toBe(drawRequestKey());
});
