// Words that many tales share: what queues and rule sets say, who comes, what is answered, and how a world becomes quiet.
import { player, seat, type Tale } from "./tale.fixture.ts";

const latencyPolicies = [
  { maxIndividualLatencyMs: 50, durationMs: 2_000 },
  { maxIndividualLatencyMs: 100, durationMs: undefined },
];
export const terms = {
  hostLostAfterMs: 12_000,
  queues: [{ name: "arena", destinations: ["eu"], timeoutMs: 20_000, latencyPolicies }],
  fleets: [{ name: "eu", region: "eu", processes: 1, concurrentActivations: 1, protection: { policy: "FULL" } }],
  aliases: new Map(),
};
export const away = (...latencies: readonly number[]) => ({
  players: latencies.map((eu, index) => ({ ...seat("ab"[index] ?? "", "red"), latenciesMs: { eu } })),
});
export const ok = (value: unknown) => ({ ok: value });
export const refused = (reason: string, metadata: Readonly<Record<string, string>> = {}) => ({
  refused: reason,
  text: "Cannot",
  metadata,
});
export const removed = (ticketId: string, team: string, cause = "REMOVED") => ({ ...seat(ticketId, team), cause });
export const fill = (more: object) => ({
  type: "fill-decided",
  fillId: "bf_1.f1",
  battleSessionId: "bs_1",
  expectedRosterVersion: 2,
  newcomers: [
    { ticketId: "c", playerId: player("c", 0), team: "red" },
    { ticketId: "d", playerId: player("d", 0), team: "blue" },
  ],
  backfill: { backfillId: "bf_1", state: "SEARCHING", strategy: "MAX_POSSIBLE" },
  toleratesLeavers: false,
  ...more,
});
export const newcomers = [seat("c", "red"), seat("d", "blue")];
/** The game is asked about them. */
export const propose = (tale: Tale, ids: readonly string[] = ["c", "d"]) => {
  const playerIds = ids.map((id) => player(id, 0));
  tale.see({ type: "fill-proposed", node: "server~1", fillId: "bf_1.f1", battleSessionId: "bs_1", playerIds });
};
export const started = (ticketId: string, ...players: readonly string[]) => ({
  ticketId,
  configuration: "arena",
  players: players.map((playerId) => ({ playerId })),
});

export const explained = (ticketId: string, explanation: object) => ({
  ticket: { ticketId, configuration: "arena", version: 1, state: 1 },
  explanation: { othersSearching: 0, othersOpen: 0, constraints: [], ...explanation },
});

/** A rule set of one against one. */
export const ruled = (rule: object) => ({
  type: "rule-set-put",
  name: "arena",
  document: JSON.stringify({
    version: "v1.0",
    playerAttributes: [{ name: "skill", type: "number", default: 0 }],
    teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1, minQuantity: 1, maxQuantity: 1 })),
    rules: [rule],
  }),
});
export const NEAR = { name: "near", type: "distance", measurements: ["teams[*].players.playerAttributes[skill]"] };
export const queueWith = (tale: Tale, ticketId: string, attributes: object, latenciesMs: object = {}) =>
  tale.queue(ticketId, 1, { players: [{ playerId: player(ticketId, 0), attributes, latenciesMs, team: undefined }] });
/** Nothing fails any more, and nothing happens for a while. */
export const becomeQuiet = (tale: Tale) => {
  tale.heal();
  tale.nowMs += 12_000;
  tale.matcher({ type: "ended-forgotten", endedUntilMs: 0 });
  tale.nowMs += 5_000;
  tale.later();
};

export const hearPlacement = (tale: Tale, more: { readonly state: number; readonly attempts: number }) =>
  tale.see({
    type: "placement-event",
    watcher: "w",
    event: { resumeToken: "", event: { $case: "placement", value: { placementId: "match_1.1", ...more } } } as never,
  });

/** A tale that has to end with the promise broken. */
export type BrokenTale = { readonly promise: string; readonly name: string; readonly tell: (tale: Tale) => void };
