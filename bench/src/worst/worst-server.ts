// The process of `worst-process.ts`, and what is asked of it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Client, credentials } from "@grpc/grpc-js";
import { grpcNetwork } from "@muster/proto/grpc";
import type { Peer } from "@muster/proto/rpc";
import { openCaller } from "../http/post-json.ts";
import type { Body } from "./worst-bodies.ts";

export interface WorstServer extends AsyncDisposable {
  readonly peer: Peer;
  /** Resolves with the answer, or with what it was refused for. */
  send(body: Body): Promise<string>;
  /** The longest turn of its event loop while `work` was done, in ms. */
  longestTurnMs(work: () => Promise<unknown>): Promise<number>;
}

/** How long what follows from a call may take to be done, in ms. */
const AFTERMATH_MS = 60;
const ANY_STATUS = [200, 400, 404, 413, 429, 500] as const;

export async function startWorstServer(): Promise<WorstServer> {
  const program = fileURLToPath(new URL("./worst-process.ts", import.meta.url));
  const child = fork(program, { execArgv: ["--conditions=@muster/source"] });
  const [addresses]: { readonly grpc: string; readonly http: string }[] = await once(child, "message");
  if (!addresses) throw new Error("Cannot measure as the server names no address");
  const raw = new Client(addresses.grpc, credentials.createInsecure());
  const caller = openCaller(addresses.http, 4);
  const peer = grpcNetwork.connect(addresses.grpc);
  const ask = async (what: "begin" | "end"): Promise<number> => {
    child.send(what);
    const [answer]: { readonly longestMs: number }[] = await once(child, "message");
    return answer?.longestMs ?? Number.NaN;
  };
  return {
    peer,
    async send(body) {
      if ("http" in body) return await caller.post(`/${body.method}`, body.http, ANY_STATUS);
      const bytes = Buffer.from(body.grpc);
      const pass = (value: Buffer) => value;
      return await new Promise((resolve) => {
        raw.makeUnaryRequest(`/${body.method}`, pass, pass, bytes, (error, answer) => {
          resolve(error ? `${error.code} ${error.details}` : `${answer?.length} bytes`);
        });
      });
    },
    async longestTurnMs(work) {
      await ask("begin");
      await work();
      await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
      return await ask("end");
    },
    async [Symbol.asyncDispose]() {
      raw.close();
      caller[Symbol.dispose]();
      await peer[Symbol.asyncDispose]();
      child.disconnect();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
