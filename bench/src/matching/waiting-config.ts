// The matcher that many wait in: its rule set and configuration, and how it is started on the journal that holds them.
import type { Journal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import { createMatcher, type MatcherConfig } from "@muster/matcher";
import { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";
import { documents } from "./pool-rule-sets.ts";
import { CONFIGURATION, TIMEOUT_MS } from "./pool-tickets.ts";

export const waitingConfig: MatcherConfig = {
  ruleSets: [{ name: "standing", document: JSON.stringify(documents.standing) }],
  configurations: [
    {
      ...{ name: CONFIGURATION, ruleSet: "standing", queue: undefined, requestTimeoutMs: TIMEOUT_MS },
      ...{ autoBackfill: false, settleMs: 10, properties: {}, data: "", placementRetries: 2 },
    },
  ],
};

/** A matcher on `journal`, on a network without a fleet, which nothing here needs. */
export async function startWaitingMatcher(journal: Journal) {
  const network = createMemoryNetwork({ clock: systemClock, random: systemRandom });
  const matcher = await createMatcher({
    ...{ journal, clock: systemClock, random: systemRandom, network: network.from("matcher") },
    ...{ fleetAddress: "nobody", endpoint: "matcher", owner: "bench", takeOver: true, log: silentLog },
    config: waitingConfig,
    onFatal: (error) => {
      throw error;
    },
  });
  network.serve("matcher", matcher.services);
  return { client: network.from("backend").connect("matcher").client(MatchmakingServiceDefinition) };
}
