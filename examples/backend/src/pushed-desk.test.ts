import { expect, test } from "vitest";
import type { TicketView } from "./core/ticket-view.ts";
import type { TicketDesk } from "./ports.ts";
import { createPushedDesk } from "./pushed-desk.ts";
import { createTicketHub } from "./ticket-hub.ts";

const never = new AbortController().signal;

function openDesk(state: TicketView["state"]) {
  const hub = createTicketHub();
  const unused = () => Promise.reject(new Error("not asked"));
  const desk: TicketDesk = {
    start: unused,
    cancel: unused,
    follow: unused,
    describe: async (ticketId) => ({ ticketId, state }),
  };
  return { hub, desk: createPushedDesk(desk, hub) };
}

test("follow() answers with what is pushed, once the ticket has ended", async () => {
  const { hub, desk } = openDesk("SEARCHING");
  const following = desk.follow("a", never);
  hub.tell({ ticketId: "a", state: "PLACING" });
  hub.tell({ ticketId: "a", state: "COMPLETED" });
  expect(await following).toEqual({ ticketId: "a", state: "COMPLETED" });
});

test("follow() answers at once for a ticket that has ended before", async () => {
  expect(await openDesk("TIMED_OUT").desk.follow("a", never)).toMatchObject({ state: "TIMED_OUT" });
});

test("follow() ends with its caller", async () => {
  const stop = new AbortController();
  const following = openDesk("SEARCHING").desk.follow("a", stop.signal);
  stop.abort(new Error("gone"));
  await expect(following).rejects.toThrow("gone");
});
