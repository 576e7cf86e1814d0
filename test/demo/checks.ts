// The demo's checks: each is seen or not, with the time it took.

export type CheckResult = { readonly name: string; readonly ok: boolean; readonly ms: number; readonly why?: string };

export interface Checks {
  readonly results: readonly CheckResult[];
  /** Runs `look`; what it throws fails the check and the story, because what follows builds on it. */
  check<Seen>(name: string, look: () => Promise<Seen>): Promise<Seen>;
}

/** Thrown after a failed check, which has been noted: the story ends here. */
export class StoryFailed extends Error {
  override readonly name = "StoryFailed";
}

export function createChecks(onResult: (result: CheckResult) => void): Checks {
  const results: CheckResult[] = [];
  const note = (result: CheckResult) => {
    results.push(result);
    onResult(result);
  };
  return {
    results,
    async check(name, look) {
      const startedMs = performance.now();
      const took = () => Math.round(performance.now() - startedMs);
      try {
        const seen = await look();
        note({ name, ok: true, ms: took() });
        return seen;
      } catch (error) {
        note({ name, ok: false, ms: took(), why: error instanceof Error ? error.message : String(error) });
        throw new StoryFailed(name, { cause: error });
      }
    },
  };
}

/** @throws {Error} unless both say the same. */
export function same(what: string, seen: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`Cannot accept ${what} as ${right}: it is ${left}`);
}
