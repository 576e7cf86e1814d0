// StartMatching as JSON over HTTP beside a bare node:http server that parses the same body and answers as much.
import { Agent, request } from "node:http";
import { openBenchStack } from "../rpc/bench-stack.ts";
import { compare, type Round } from "../rpc/compare.ts";
import { crowdName } from "../rpc/crowd-config.ts";
import { startFloor } from "../rpc/floor-process.ts";
import { runLoad } from "../rpc/load.ts";
import { config, ROUNDS, ticketJson } from "./http-tickets.ts";

const LOAD = { calls: 990, inFlight: 64 };

/** The rounds of the comparison. */
export async function compareHttp(): Promise<readonly Round[]> {
  await using stack = await openBenchStack(config);
  await using echo = await startFloor(new URL("./http-echo.ts", import.meta.url));
  const blocksOn = (address: string) => {
    const agent = new Agent({ keepAlive: true, maxSockets: LOAD.inFlight });
    let block = 0;
    return () => {
      const configuration = crowdName(block);
      const first = block * LOAD.calls;
      block += 1;
      return runLoad(LOAD, (index) => post(agent, address, ticketJson(configuration, first + index)));
    };
  };
  return await compare(ROUNDS, { ours: blocksOn(stack.matcherHttpAddress), floor: blocksOn(echo.address) });
}

function post(agent: Agent, address: string, body: string): Promise<unknown> {
  const [host = "", port = ""] = address.split(":");
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const path = "/muster.matchmaking.v1.MatchmakingService/StartMatching";
  return new Promise((resolve, reject) => {
    const call = request({ agent, host, port, path, method: "POST", headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`Answered ${response.statusCode}: ${text}`));
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}
