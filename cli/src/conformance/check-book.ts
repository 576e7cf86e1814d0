// What was looked at, and what came of it: one line a check, in the order of their table.
import { systemClock } from "@muster/kit";

/** Name → what must be so, in a sentence. */
export type CheckTable = Readonly<Record<string, string>>;

export type CheckResult = {
  readonly check: string;
  readonly says: string;
  /** NOT_REACHED: what it needs did not come about. SKIPPED: not asked for. */
  readonly outcome: "OK" | "FAILED" | "NOT_REACHED" | "SKIPPED";
  readonly why: string | undefined;
};

export interface CheckBook<Table extends CheckTable> {
  /** Carries the check out. What it throws is its failure; later checks go on. True: it held. */
  run(check: keyof Table & string, work: () => Promise<void> | void): Promise<boolean>;
  skip(...checks: readonly (keyof Table & string)[]): void;
  /** One for each check of the table. */
  results(): readonly CheckResult[];
}

export function createCheckBook<Table extends CheckTable>(
  table: Table,
  onResult: (result: CheckResult) => void = () => undefined,
): CheckBook<Table> {
  const known = new Map<string, CheckResult>();
  const note = (check: string, outcome: CheckResult["outcome"], why?: string) => {
    // A check that is looked at several times has failed if it failed once.
    if (known.get(check)?.outcome === "FAILED") return;
    const result = { check, says: table[check] ?? "", outcome, why };
    const isNews = known.get(check)?.outcome !== outcome;
    known.set(check, result);
    if (isNews) onResult(result);
  };
  return {
    async run(check, work) {
      const startedMs = systemClock.nowMs();
      try {
        await work();
        note(check, "OK");
        return true;
      } catch (error) {
        const tookMs = Math.round(systemClock.nowMs() - startedMs);
        note(check, "FAILED", `${error instanceof Error ? error.message : String(error)} (after ${tookMs} ms)`);
        return false;
      }
    },
    skip(...checks) {
      for (const check of checks) note(check, "SKIPPED");
    },
    results: () =>
      Object.entries(table).map(
        ([check, says]) => known.get(check) ?? { check, says, outcome: "NOT_REACHED", why: undefined },
      ),
  };
}

/** @throws {Error} saying what was found unless it is so. */
export function demand(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise);
}

/** That the call is refused for this reason. */
export async function demandRefusal(
  what: string,
  call: Promise<unknown>,
  ...reasons: readonly string[]
): Promise<void> {
  const reason = await call.then(
    () => "OK",
    (error: unknown) => (error instanceof Error && "reason" in error ? String(error.reason) : String(error)),
  );
  demand(reasons.includes(reason), `${what} was answered ${reason}: ${reasons.join(" or ")} is right`);
}
