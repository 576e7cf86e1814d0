// The fact of a match that was found, whoever said who fits: all that its placement will ask for, as the configuration says it now.
import { type MatchId, newId, type Team } from "@muster/proto";
import type { Configuration } from "./configuration.ts";
import type { MatcherFact } from "./fact.ts";
import { joinTermsOf } from "./join-tokens/join-settings.ts";
import type { AssignedPlayer } from "./match.ts";
import type { RoundInput } from "./round.ts";
import type { FormedBy } from "./versions.ts";

export type FormedMatch = {
  readonly players: readonly AssignedPlayer[];
  readonly teams: readonly Team[];
  readonly regions: readonly string[];
  readonly queue: string | undefined;
  readonly formedBy: FormedBy;
};

/** With an id and a secret of its own. */
export function formedMatch(
  configuration: Configuration,
  { players, teams, regions, queue, formedBy }: FormedMatch,
  { random, endpoint, nowMs, asksHooks }: Pick<RoundInput, "random" | "endpoint" | "nowMs" | "asksHooks">,
): Extract<MatcherFact, { type: "match-formed" }> {
  const { name, properties, data, autoBackfill, placementRetries, onPlacementFailed, acceptance, session } =
    configuration;
  const matchId: MatchId = newId("match", random);
  return {
    type: "match-formed",
    match: {
      matchId,
      configuration: name,
      queue,
      players,
      teams,
      capacity: teams.reduce((sum, team) => sum + team.capacity, 0),
      properties,
      data,
      capabilityKey: queue === undefined ? new Uint8Array() : random.bytes(32),
      backfillId: autoBackfill ? newId("backfill", random) : undefined,
      placementRetries,
      onPlacementFailed,
      session,
      matcherEndpoint: endpoint,
      regions,
      // Whole, as every time that the journal keeps.
      acceptance: acceptance && {
        deadlineAtMs: Math.ceil(nowMs + acceptance.timeoutMs),
        autoContinue: acceptance.autoContinue,
      },
      formedBy,
      joinTokens: joinTermsOf(configuration, queue),
      ...(asksHooks && configuration.hooks?.matched && { hook: configuration.hooks.matched }),
    },
  };
}
