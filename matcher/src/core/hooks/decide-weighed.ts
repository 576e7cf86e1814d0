// What a match becomes once its hook has spoken, before anybody is told of it.
import type { MatchId } from "@muster/proto";
import type { MatcherFact } from "../fact.ts";
import { joinTermsOf } from "../join-tokens/join-settings.ts";
import { type Match, ticketsOf } from "../match.ts";
import type { MatcherState } from "../matcher-state.ts";
import { isStale } from "../party/party-book.ts";
import { cancelOthers } from "../query/other-tickets.ts";

export type Verdict =
  | { readonly type: "refuse"; readonly code: string }
  | {
      readonly type: "proceed";
      /** Undefined: as it was formed. */
      readonly queue?: string | undefined;
      /** Whether it only forms a group, whatever queue it has. */
      readonly isGroup: boolean;
      /** Beside those of the configuration. */
      readonly properties: Readonly<Record<string, string>>;
      /** Undefined: the configuration's. */
      readonly data?: string | undefined;
      /** Undefined: the configuration's. */
      readonly sessionName?: string | undefined;
    };

/** The facts that follow; none if there is an outcome already. Players' time to accept begins now. */
export function decideWeighed(
  state: MatcherState,
  { matchId, verdict, nowMs }: { readonly matchId: MatchId; readonly verdict: Verdict; readonly nowMs: number },
): readonly MatcherFact[] {
  const match = state.weighed.get(matchId);
  if (!match) return [];
  const configuration = state.configurations.get(match.configuration);
  const isWhole = ticketsOf(match.players).every((ticketId) => {
    const ticket = state.tickets.get(ticketId)?.ticket;
    return ticket !== undefined && !isStale(state.parties, ticket);
  });
  const refused = { type: "match-weighed", matchId, match: undefined } as const;
  if (verdict.type === "refuse") return [{ ...refused, code: verdict.code }];
  // Its tickets are cancelled as they come back from it.
  if (!configuration || !isWhole) return [{ ...refused, code: "" }];
  const becomes = becomeOf(match, verdict);
  const { acceptance } = configuration;
  const weighed: MatcherFact = {
    ...{ type: "match-weighed", matchId, code: "" },
    match: {
      ...becomes,
      joinTokens: joinTermsOf(configuration, becomes.queue),
      acceptance: becomes.acceptance &&
        acceptance && { ...becomes.acceptance, deadlineAtMs: Math.ceil(nowMs + acceptance.timeoutMs) },
    },
  };
  // Now they are matched: with queries a player may have tickets that search.
  if (becomes.acceptance || !configuration.query) return [weighed];
  return [weighed, ...cancelOthers(state, configuration, match.players)];
}

function becomeOf(match: Match, verdict: Extract<Verdict, { type: "proceed" }>): Match {
  const { isGroup, properties, data = match.data, sessionName } = verdict;
  const named = sessionName === undefined ? {} : { session: { ...match.session, name: sessionName } };
  const placed = isGroup
    ? { queue: undefined, capabilityKey: new Uint8Array(), backfillId: undefined }
    : { queue: verdict.queue ?? match.queue };
  return { ...match, ...placed, ...named, data, properties: { ...match.properties, ...properties }, hook: undefined };
}
