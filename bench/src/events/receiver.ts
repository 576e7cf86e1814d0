// A receiver of pushed events in a process of its own: answers 204, counts, and says whether each ticket's events came in order. GET /
// tells what it has counted, and the 99th percentile of delays, which /anew begins anew; it does not verify signatures, which is its backend's cost.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@muster/kit";

let requests = 0;
let events = 0;
let distinct = 0;
let outOfOrder = 0;
/** Of events since they were last begun anew: so many took so many ms, the last place for all that took longer. */
const DELAY_MS_MAX = 60_000;
let delays = new Uint32Array(DELAY_MS_MAX + 1);
/** Number of the last event of each ticket. */
const last = new Map<string, number>();

const server = createServer((request, response) => {
  if (request.method === "GET") {
    if (request.url === "/anew") delays = new Uint32Array(DELAY_MS_MAX + 1);
    return void response.end(JSON.stringify({ requests, events, distinct, outOfOrder, delayP99Ms: readDelayP99() }));
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    requests += 1;
    const document = JSON.parse(Buffer.concat(chunks).toString());
    for (const { id, number, timestamp } of document.events ?? [document]) {
      const subject = id.slice(0, id.lastIndexOf("."));
      const before = last.get(subject) ?? 0;
      events += 1;
      if (number > before + 1) outOfOrder += 1;
      if (number <= before) continue;
      last.set(subject, number);
      distinct += number - before;
      noteDelay(systemClock.wallMs() - Date.parse(timestamp));
    }
    response.writeHead(204).end();
  });
});
// Whoever asks now and then finds its connection open.
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`127.0.0.1:${(server.address() as AddressInfo).port}`);
});

function noteDelay(delayMs: number): void {
  const place = Math.min(Math.max(Math.round(delayMs), 0), DELAY_MS_MAX);
  delays[place] = (delays[place] ?? 0) + 1;
}

function readDelayP99(): number {
  const all = delays.reduce((sum, count) => sum + count, 0);
  let below = 0;
  const place = delays.findIndex((count) => {
    below += count;
    return below >= all * 0.99 && below > 0;
  });
  return Math.max(place, 0);
}
