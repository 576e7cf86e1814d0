// A client of ours, in the fuzzer's own process, against a server that answers what an input says.
import { checkPrototypes } from "./clean-refusal.ts";
import { type HostileAnswer, serveHostile } from "./stack/hostile-server.ts";
import { listenForFaults } from "./stack/own-faults.ts";
import type { Subject } from "./target.ts";

const none: HostileAnswer = { headers: {}, chunks: [], trailers: { "grpc-status": "12" }, reset: undefined };

export type Attack = {
  /** What the server answers, by path. */
  readonly wire: ReadonlyMap<string, HostileAnswer>;
  /** What the client does. Resolves when all its calls have ended. */
  readonly play: (address: string) => Promise<void>;
};

/** A subject that plays against the server that `prepare` makes of an input. */
export async function attackClient<Input>(prepare: (input: Input) => Attack): Promise<Subject<Input>> {
  let answers: ReadonlyMap<string, HostileAnswer> = new Map();
  const server = await serveHostile((path) => answers.get(path) ?? none);
  const faults = listenForFaults();
  return {
    async attempt(input: Input) {
      const { wire, play } = prepare(input);
      answers = wire;
      await faults.watch(() => play(server.address));
      checkPrototypes();
    },
    async [Symbol.asyncDispose]() {
      faults[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
