// The floor of JSON over HTTP, as a process: parses the body and answers with a ticket of it. Its first line of output is its address.
import { createServer } from "node:http";
import { watchLifeline } from "@muster/kit/processes";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { ticketId, configuration, players } = JSON.parse(Buffer.concat(chunks).toString());
    const times = { createdAt: new Date().toISOString(), timesOutAt: new Date().toISOString() };
    const ticket = { ticketId, configuration, state: "SEARCHING", version: 1, players, ...times };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ticket }));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`127.0.0.1:${typeof address === "object" && address ? address.port : ""}`);
});
watchLifeline(process.env).addEventListener("abort", () => process.exit(0));
