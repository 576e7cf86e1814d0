// How long an input may hold the event loop, and how to be sure that it was the input and not the machine.
import { Finding } from "./finding.ts";

/** Longest block of the event loop by one input, in ms: reliability's limit for every parser and server. */
export const BLOCK_MS_MAX = 50;
/** A suspect is tried alone so many times more, and is one only if it blocks each time. */
export const CONFIRMATIONS = 3;

/**
 * What `work` returns. It may hold the loop for `blockMsMax`: a longer block is looked at again, alone, before it counts.
 *
 * @throws {Finding} if every repeat blocks as well; whatever `work` throws.
 */
export async function withoutBlock<Value>(work: () => Value, blockMsMax = BLOCK_MS_MAX): Promise<Value> {
  const first = time(work);
  let blockMs = first.ms;
  for (let tries = 0; blockMs > blockMsMax && tries < CONFIRMATIONS; tries += 1) {
    // Between the tries the machine may do what it wanted to do.
    await new Promise((resolve) => setImmediate(resolve));
    blockMs = Math.min(blockMs, time(work).ms);
  }
  if (blockMs > blockMsMax) {
    throw new Finding(`It blocks the event loop for ${Math.round(blockMs)} ms, each of ${CONFIRMATIONS + 1} times`);
  }
  if ("error" in first) throw first.error;
  return first.value;
}

type Timed<Value> = { readonly ms: number } & ({ readonly value: Value } | { readonly error: unknown });

/** By the processor's clock where it says less than the wall's: a process that waits for its turn blocks nobody. */
function time<Value>(work: () => Value): Timed<Value> {
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const took = () => {
    const { user, system } = process.cpuUsage(cpu);
    return Math.min(performance.now() - startedMs, (user + system) / 1_000);
  };
  try {
    const value = work();
    return { value, ms: took() };
  } catch (error) {
    return { error, ms: took() };
  }
}
