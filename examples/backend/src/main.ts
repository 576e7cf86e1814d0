// A small game backend: the one place that talks to the matcher, and all that game clients know of matchmaking.
// BACKEND_PORT (7400) is where it listens, on this machine only; MUSTER_MATCHER names the matcher, as the SDK reads it. With EVENT_SECRET
// the matcher pushes its events to /muster/events, signed with that secret; without, the backend watches each ticket that somebody follows.
import { once } from "node:events";
import { connectMatcher, receiveEvents } from "@muster/sdk/backend";
import { writeTicketView } from "./core/ticket-view.ts";
import { createHttpApi } from "./http-api.ts";
import { createPushedDesk } from "./pushed-desk.ts";
import { readPort } from "./read-port.ts";
import { serveSockets } from "./socket-api.ts";
import { createTicketDesk } from "./ticket-desk.ts";
import { createTicketHub } from "./ticket-hub.ts";

const port = readPort(process.env.BACKEND_PORT);
const report = (error: unknown) => console.error("backend:", error instanceof Error ? error.message : error);
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

const matcher = connectMatcher();
const hub = createTicketHub();
const secret = process.env.EVENT_SECRET ?? "";
const watched = createTicketDesk(matcher);
const desk = secret === "" ? watched : createPushedDesk(watched, hub);
const events = receiveEvents({
  secrets: [secret].filter((one) => one !== ""),
  onEvent(event) {
    if ("ticket" in event) hub.tell(writeTicketView(event.ticket));
  },
  onFault: report,
});
const server = createHttpApi({ desk, onEvents: events.handle, onFault: report });
const closeSockets = serveSockets(server, { desk, hub, onFault: report });
server.listen(port, "127.0.0.1");
await once(server, "listening");
console.log(`backend: ready on http://127.0.0.1:${port}`);

if (!stop.signal.aborted) await once(stop.signal, "abort");
await matcher.close(); // Ends every wait with an answer.
closeSockets();
server.close();
server.closeIdleConnections();
await once(server, "close", { signal: AbortSignal.timeout(2_000) }).catch(() => server.closeAllConnections());
