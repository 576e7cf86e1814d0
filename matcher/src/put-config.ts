// Puts rule sets and configurations of the file that the journal does not hold yet, or holds otherwise.
import { MusterError } from "@muster/proto";
import type { MatcherConfig } from "./config.ts";
import type { MatcherFact } from "./core/fact.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import { decidePutConfiguration, decidePutRuleSet } from "./core/put-configuration.ts";
import { digestOf, digestOfText } from "./digest.ts";
import { decide, record, type Workshop } from "./workshop.ts";

/** @throws {MusterError} RULE_SET_INVALID, RULE_SET_NOT_FOUND. */
export async function putConfig(workshop: Pick<Workshop, "ledger" | "clock">, config: MatcherConfig): Promise<void> {
  await record(workshop, (state) => config.ruleSets.flatMap((one) => decidePutRuleSet(state, filedRuleSet(one))));
  await record(workshop, (state) =>
    config.configurations.flatMap((one) => decidePutConfiguration(state, one, filed(one))),
  );
}

/** What became of a config that was put in parts. */
export type PutResult = {
  /** "rule set duel" or "configuration ranked": a version was made. */
  readonly changed: readonly string[];
  /** Under the same names. What was refused stays as it was. */
  readonly refused: ReadonlyMap<string, MusterError>;
};

/** As putConfig(), each by itself. Rejects only when the matcher can decide nothing any more. */
export async function putConfigInParts(
  workshop: Pick<Workshop, "ledger" | "clock">,
  { ruleSets, configurations }: MatcherConfig,
): Promise<PutResult> {
  const changed: string[] = [];
  const refused = new Map<string, MusterError>();
  const put = async (what: string, decision: (state: MatcherState) => readonly MatcherFact[]) => {
    try {
      const isNew = await decide(
        workshop,
        (state) => {
          const facts = decision(state);
          return { facts, reply: facts.length > 0 };
        },
        { internal: true },
      );
      if (isNew) changed.push(what);
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      refused.set(what, error);
    }
  };
  for (const one of ruleSets) await put(`rule set ${one.name}`, (state) => decidePutRuleSet(state, filedRuleSet(one)));
  for (const one of configurations)
    await put(`configuration ${one.name}`, (state) => decidePutConfiguration(state, one, filed(one)));
  return { changed, refused };
}

/** With what tells at the next start whether the file says something new. */
function filedRuleSet(ruleSet: MatcherConfig["ruleSets"][number]) {
  return { ...ruleSet, filed: digestOfText(ruleSet.document) };
}

function filed(configuration: MatcherConfig["configurations"][number]) {
  // Without what is left out: the file says the same to a later build that knows more fields.
  return { filed: digestOf(JSON.parse(JSON.stringify(configuration))) };
}
