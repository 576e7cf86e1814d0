// One input after the other against the process under attack, and what is looked at after each: mistakes, blocks, records,
// and whether it still serves. What only looks bad is tried again, alone, before it counts.

import { Finding } from "../finding.ts";
import { BLOCK_MS_MAX } from "../loop-block.ts";
import type { Subject } from "../target.ts";
import type { Words } from "../wire-value.ts";
import type { Probe, ServerName } from "./probe.ts";
import { createRawClient, type RawClient } from "./raw-client.ts";
import { type Stack, startStack } from "./stack.ts";

export type Attacker = {
  readonly words: Words;
  readonly addresses: Readonly<Record<ServerName, string>>;
  /** A connection of the stack's own, kept over inputs. */
  client(server: ServerName): RawClient;
  /** Whether the server at this address has ended for good, as a game may that was told to. */
  isGone(server: ServerName, address: string): Promise<boolean>;
};

/** Sends an input. `refused`: all of it was, so that nothing may have changed. `calls`: how many it came in, at once. */
export type Strike<Input> = (input: Input, attacker: Attacker) => Promise<Struck>;
export type Struck = { readonly refused: boolean; readonly calls: number };

/** A suspect is tried alone so many times more, and is one only if it misbehaves each time. */
const CONFIRMATIONS = 3;
/** Inputs after which the live session is looked at, and replaced if it has ended. */
const REFRESH_EVERY = 20;
/** What each call beyond the first may add to a block, in ms: those that come in one packet are answered in one turn. */
const BLOCK_MS_PER_CALL = 2;
/** A call that waits for nobody has to be answered within so many ms, on a machine that is busy with other things too. */
const GOOD_CALL_MS_MAX = 5_000;
/** Bytes that the heap may grow by over a hunt, beside what was accepted. */
const HEAP_GROWTH_BYTES_MAX = 64 * 1024 * 1024;
/** Bytes of heap that an accepted record may keep: state, feed and journal. */
const RECORD_BYTES_MAX = 16 * 1024;

/** A subject that strikes a stack of its own, and starts another where one was found wanting. */
export async function attack<Input>(strike: Strike<Input>): Promise<Subject<Input>> {
  let ground = await openGround();
  const attempt = async (input: Input) => {
    const before = await ground.look();
    const struck = await strike(input, ground.attacker);
    await ground.callWell();
    const after = await ground.look();
    if (after.faults.length > 0) throw new Finding(`It makes a mistake: ${after.faults.join("\n")}`);
    const suspicion = suspicionOf(before, after, struck);
    for (let tries = 0; suspicion && tries < CONFIRMATIONS; tries += 1) {
      const again = await ground.look();
      const struckAgain = await strike(input, ground.attacker);
      if (suspicionOf(again, await ground.look(), struckAgain) === undefined) return;
    }
    if (suspicion) throw new Finding(suspicion);
  };
  return {
    async attempt(input) {
      try {
        await attempt(input);
      } catch (error) {
        await ground[Symbol.asyncDispose]();
        ground = await openGround();
        throw error;
      }
    },
    conclude: () => ground.conclude(),
    [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose](),
  };
}

function suspicionOf(before: Probe, after: Probe, { refused, calls }: Struck): string | undefined {
  // By the processor's clock too: a process that waits for its turn blocks nobody.
  const blockMs = Math.min(after.blockMs, after.cpuMs);
  if (blockMs > BLOCK_MS_MAX + BLOCK_MS_PER_CALL * (calls - 1))
    return `It blocks the event loop for ${Math.round(blockMs)} ms, each of ${CONFIRMATIONS + 1} times`;
  if (!refused) return undefined;
  for (const service of ["matcher", "fleet"] as const) {
    const added = after.records[service] - before.records[service];
    if (added > 0) return `It is refused, and adds ${added} records to the ${service}'s journal`;
  }
  return undefined;
}

async function openGround() {
  const stack: Stack = await startStack();
  const first = await stack.probe({ collect: true });
  let known = first;
  let looks = 0;
  const clients = new Map<string, RawClient>();
  const client = (server: ServerName): RawClient => {
    const address = known.addresses[server];
    const found = clients.get(address) ?? createRawClient(address);
    clients.set(address, found);
    return found;
  };
  const look = async () => {
    looks += 1;
    known = await stack.probe({ refresh: looks % REFRESH_EVERY === 0 });
    return known;
  };
  return {
    look,
    attacker: {
      client,
      async isGone(server: ServerName, address: string) {
        known = await stack.probe({ refresh: true });
        return known.addresses[server] !== address;
      },
      get words() {
        return known.words;
      },
      get addresses() {
        return known.addresses;
      },
    } satisfies Attacker,
    /** What good callers ask for goes on as ever. */
    async callWell(): Promise<void> {
      for (const server of ["matcher", "fleet"] as const) {
        const startedMs = performance.now();
        const path = "/grpc.health.v1.Health/Check";
        const { status } = await client(server).call({
          path,
          bodies: [new Uint8Array()],
          deadlineMs: GOOD_CALL_MS_MAX,
        });
        if (status === "0") continue;
        const tookMs = Math.round(performance.now() - startedMs);
        throw new Finding(`It leaves the ${server} without an answer for others: status ${status} after ${tookMs} ms`);
      }
    },
    async conclude(): Promise<void> {
      const last = await stack.probe({ collect: true });
      const records = last.records.matcher + last.records.fleet - first.records.matcher - first.records.fleet;
      const grown = last.heapBytes - first.heapBytes;
      if (grown > HEAP_GROWTH_BYTES_MAX + records * RECORD_BYTES_MAX) {
        throw new Finding(`The heap has grown by ${grown} bytes for ${records} records`);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const one of clients.values()) one[Symbol.dispose]();
      await stack[Symbol.asyncDispose]();
    },
  };
}
