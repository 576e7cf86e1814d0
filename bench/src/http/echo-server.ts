// Two servers in one process, as floor and as adapter: `bare` is node:http that parses the body and writes it back in an answer;
// `adapter` is ours with a handler that decides nothing. Its first line is its address. `/loop` tells the longest block of its event
// loop, in ms, since it was last asked.
import { createServer } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { watchLifeline } from "@muster/kit/processes";
import { serveHttp } from "@muster/proto/http";
import { MatchmakingServiceDefinition, type StartMatchingRequest, TicketState } from "@muster/proto/matchmaking";
import { implement } from "@muster/proto/rpc";

const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
watchLifeline(process.env).addEventListener("abort", () => process.exit(0));

if (process.argv[2] === "bare") {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { ticketId, configuration, players } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const createdAt = new Date();
    const ticket = {
      ticketId,
      configuration,
      state: "SEARCHING",
      version: 1,
      players,
      createdAt,
      timesOutAt: createdAt,
    };
    const body = JSON.stringify({ ticket });
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    console.log(`127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  });
} else {
  const startMatching = async ({ ticketId, configuration, players }: StartMatchingRequest) => {
    const times = { createdAt: new Date(), timesOutAt: new Date() };
    const ticket = { ticketId, configuration, players, state: TicketState.SEARCHING, version: 1, ...times };
    return { ticket: { ...ticket, matchId: "", assignment: undefined, cause: "", returns: 0 } };
  };
  const pages = {
    "/loop": {
      type: "application/json",
      body: () => {
        const longestMs = loop.max / 1e6;
        loop.reset();
        return JSON.stringify({ longestMs });
      },
    },
  };
  const services = [implement(MatchmakingServiceDefinition, { startMatching } as never)];
  const { address } = await serveHttp({ bind: "127.0.0.1:0", services, pages });
  console.log(address);
}
