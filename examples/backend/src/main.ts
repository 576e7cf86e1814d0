// A small game backend: the one place that talks to the matcher, and all that game clients know of matchmaking.
// BACKEND_PORT (7400) is where it listens, on this machine only; MUSTER_MATCHER names the matcher, as the SDK reads it.
import { once } from "node:events";
import { connectMatcher } from "@muster/sdk/backend";
import { createHttpApi } from "./http-api.ts";
import { readPort } from "./read-port.ts";
import { createTicketDesk } from "./ticket-desk.ts";

const port = readPort(process.env.BACKEND_PORT);
const report = (error: unknown) => console.error("backend:", error instanceof Error ? error.message : error);
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

const matcher = connectMatcher();
const server = createHttpApi({ desk: createTicketDesk(matcher), onFault: report });
server.listen(port, "127.0.0.1");
await once(server, "listening");
console.log(`backend: ready on http://127.0.0.1:${port}`);

if (!stop.signal.aborted) await once(stop.signal, "abort");
await matcher.close(); // Ends every wait with an answer.
server.close();
server.closeIdleConnections();
await once(server, "close", { signal: AbortSignal.timeout(2_000) }).catch(() => server.closeAllConnections());
