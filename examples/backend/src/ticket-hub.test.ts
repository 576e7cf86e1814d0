import { expect, test } from "vitest";
import type { TicketView } from "./core/ticket-view.ts";
import { createTicketHub } from "./ticket-hub.ts";

const searching = (ticketId: string): TicketView => ({ ticketId, state: "SEARCHING" });

test("a hub tells those who listen to the ticket, until they have heard enough", () => {
  const hub = createTicketHub();
  const heard: string[] = [];
  const stop = hub.listen("a", ({ state }) => heard.push(`first ${state}`));
  hub.listen("a", ({ state }) => heard.push(`second ${state}`));
  hub.listen("b", () => heard.push("other"));
  hub.tell(searching("a"));
  stop();
  hub.tell(searching("a"));
  hub.tell(searching("nobody's"));
  expect(heard).toEqual(["first SEARCHING", "second SEARCHING", "second SEARCHING"]);
});
