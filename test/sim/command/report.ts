// What is said of a seed that was run.

export type SeedReport = {
  readonly seed: number;
  /** The same for the same seed. */
  readonly digest: string;
  readonly events: number;
  readonly simulatedMs: number;
  readonly cpuMs: number;
  /** What went wrong, in a sentence. */
  readonly failure: string | undefined;
  /** How often each rare situation came about, if they were counted. */
  readonly goals?: Readonly<Record<string, number>> | undefined;
  /** The end of the story of a seed that failed. */
  readonly story: readonly string[];
};

export function describeFailure(failure: unknown): string | undefined {
  if (failure === undefined) return undefined;
  return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
}

export function summarise({ seed, digest, events, simulatedMs, cpuMs }: Omit<SeedReport, "story">): string {
  const [seconds, cpuSeconds] = [simulatedMs / 1_000, cpuMs / 1_000];
  return [
    `seed ${seed}: trace ${digest}`,
    `${Math.round(seconds)} s simulated in ${cpuSeconds.toFixed(2)} CPU s`,
    `${events} events, ${Math.round(events / cpuSeconds)} a CPU s`,
  ].join(", ");
}

/** The one command that runs it again. */
export function repeatCommand(seed: number, { troubleMs, liveness }: { troubleMs: number; liveness: boolean }): string {
  const seconds = troubleMs / 1_000;
  return `npm run sim -- --seed ${seed} --seconds ${seconds} --mode ${liveness ? "liveness" : "safety"}`;
}
