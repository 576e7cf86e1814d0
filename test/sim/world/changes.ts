// Somebody who changes what is played by while everything runs: versions for all tickets or for new ones only, configurations that
// go and come again, rule sets that are in use and may not go.
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { AppliesTo, ConfigurationServiceDefinition } from "@muster/proto/matchmaking";
import type { Network } from "@muster/proto/rpc";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import { ruleSetOf } from "./configurations.ts";
import type { Eyes } from "./eyes.ts";
import { type Knobs, RULE_SETS } from "./knobs.ts";

/** In so many worlds somebody changes things all the time; an operator changes little. */
const RESTLESS_SHARE = 0.3;

type Changer = { readonly network: Network; readonly chance: Chance; readonly clock: Clock };

/** What may be changed; each is refused or lost now and then. */
export function createChanges({ network, chance, clock }: Changer, knobs: Knobs) {
  const configurations = network.connect("matcher").client(ConfigurationServiceDefinition);
  const forSome = () => (chance.happens(0.4) ? AppliesTo.NEW_TICKETS : AppliesTo.UNSPECIFIED);
  const putAgain = async () => {
    const { configurations: present } = await configurations.listConfigurations({});
    if (present.length === 0) return;
    const configuration = chance.pick(present);
    // As it is, which changes nothing, or with another wait before a round.
    const settleMs = chance.happens(0.5) ? configuration.settleMs : chance.below(300);
    await configurations.putConfiguration({ configuration: { ...configuration, settleMs }, appliesTo: forSome() });
  };
  const putRules = async () => {
    const name = chance.pick(RULE_SETS);
    const document = ruleSetOf(knobs, name, chance.happens(0.5) ? 1 : 0);
    await configurations.putRuleSet({ name, document, appliesTo: forSome() });
  };
  /** Deletes one where nobody is placed, and puts it again after a while. */
  const deleteForAWhile = async () => {
    const name = chance.pick(["group", "ready"]);
    const { configuration } = await configurations.describeConfiguration({ name });
    const expectedVersion = configuration?.version ?? 0;
    // It may be done although the answer was lost: it is put again whatever came of it.
    await configurations.deleteConfiguration({ name, expectedVersion }).then(isTrue, ofTheWorld);
    await clock.sleep(chance.wait(2_000));
    for (;;) {
      const isDone = await configurations.putConfiguration({ configuration }).then(isTrue, ofTheWorld);
      if (isDone) return;
      await clock.sleep(1_000);
    }
  };
  const deleteRules = async () => {
    const name = chance.pick(RULE_SETS);
    await configurations.deleteRuleSet({ name, expectedVersion: 0 }); // Refused: each is in use.
  };
  return { putAgain, putRules, deleteForAWhile, deleteRules };
}

const isTrue = () => true;

/** False for a refusal or a matcher that is away; throws what is a mistake of ours. */
function ofTheWorld(error: unknown): boolean {
  if (!(error instanceof MusterError)) throw error;
  return false;
}

/** Changes one thing after the other, in some of the worlds. */
export async function change(
  { life: { clock }, network, chance }: { readonly life: Life } & Omit<Changer, "clock">,
  knobs: Knobs,
  eyes: Eyes,
): Promise<void> {
  if (!chance.happens(RESTLESS_SHARE)) return;
  const { putAgain, putRules, deleteForAWhile, deleteRules } = createChanges({ network, chance, clock }, knobs);
  for (;;) {
    await clock.sleep(chance.wait(knobs.operatorMs / 8));
    const act = chance.pick([putAgain, putRules, putRules, putRules, deleteForAWhile, deleteForAWhile, deleteRules]);
    act().catch((error: unknown) => {
      if (!(error instanceof MusterError)) eyes.fail(error);
    });
  }
}
