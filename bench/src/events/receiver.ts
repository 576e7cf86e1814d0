// A receiver of pushed events in a process of its own: answers 204, counts, and says whether each ticket's events came in order. GET /
// tells what it has counted; it does not verify signatures, which is its backend's cost.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

let requests = 0;
let events = 0;
let outOfOrder = 0;
/** Number of the last event of each ticket. */
const last = new Map<string, number>();

const server = createServer((request, response) => {
  if (request.method === "GET") {
    return void response.end(
      JSON.stringify({ requests, events, distinct: [...last.values()].reduce((a, b) => a + b, 0), outOfOrder }),
    );
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    requests += 1;
    const document = JSON.parse(Buffer.concat(chunks).toString());
    for (const { id, number } of document.events ?? [document]) {
      const subject = id.slice(0, id.lastIndexOf("."));
      const before = last.get(subject) ?? 0;
      events += 1;
      if (number > before + 1) outOfOrder += 1;
      if (number > before) last.set(subject, number);
    }
    response.writeHead(204).end();
  });
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`127.0.0.1:${(server.address() as AddressInfo).port}`);
});
