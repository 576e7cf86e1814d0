import { expect, test } from "vitest";
import { parseErrorReason, parseTicketAnswer } from "./ticket-answer.ts";

const connection = { host: "127.0.0.1", port: 7_501, playerSessionId: "ps_1" };
const rows = [
  {
    name: "SEARCHING as waiting",
    value: { ticketId: "t", state: "SEARCHING" },
    answer: { phase: "waiting", ticketId: "t" },
  },
  {
    name: "PLACING as waiting",
    value: { ticketId: "t", state: "PLACING" },
    answer: { phase: "waiting", ticketId: "t" },
  },
  {
    name: "REQUIRES_ACCEPTANCE as waiting",
    value: { ticketId: "t", state: "REQUIRES_ACCEPTANCE" },
    answer: { phase: "waiting", ticketId: "t" },
  },
  {
    name: "COMPLETED as seated",
    value: { ticketId: "t", state: "COMPLETED", connection },
    answer: { phase: "seated", ticketId: "t", seat: connection },
  },
  {
    name: "TIMED_OUT as ended",
    value: { ticketId: "t", state: "TIMED_OUT" },
    answer: { phase: "ended", ticketId: "t", state: "TIMED_OUT" },
  },
  { name: "COMPLETED without a seat not at all", value: { ticketId: "t", state: "COMPLETED" }, answer: undefined },
  { name: "an error not at all", value: { error: { reason: "X" } }, answer: undefined },
  { name: "null not at all", value: null, answer: undefined },
] as const;
for (const { name, value, answer } of rows) {
  test(`parseTicketAnswer() reads ${name}`, () => expect(parseTicketAnswer(value)).toEqual(answer));
}

test("parseErrorReason() finds the reason, or nothing", () => {
  expect(parseErrorReason({ error: { reason: "OVERLOADED" } })).toBe("OVERLOADED");
  expect(parseErrorReason("busy")).toBeUndefined();
});
