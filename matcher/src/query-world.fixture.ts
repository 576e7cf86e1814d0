// Worlds of matchers whose configurations match by queries, and how tickets are started in them.
import { noProperties, type StartMatchingRequest, type Ticket } from "@muster/proto/matchmaking";
import type { QuerySettings } from "@muster/rules";
import type { Configuration } from "./core/configuration.ts";
import { configurationOf, createWorld, type World, worldConfig } from "./matcher-world.fixture.ts";

/** Ten-second intervals, two of them. */
export function querySettings(changes: Partial<QuerySettings> = {}): QuerySettings {
  const mode = changes.mode ?? "best";
  return {
    ...{ mode, intervalMs: 10_000, maxIntervals: 2, reversePrecision: false, reverseThreshold: 1 },
    ...{ maxTicketsPerPlayer: 3, onMatched: mode === "best" ? ("cancelOthers" as const) : ("keepOthers" as const) },
    ...changes,
  };
}

/** Called `arena` and without a timeout, unless `changes` say otherwise. */
export function queryConfiguration(
  query: Partial<QuerySettings> = {},
  changes: Partial<Configuration> = {},
): Configuration {
  const base = configurationOf({ name: "arena", ruleSet: undefined, requestTimeoutMs: undefined });
  return { ...base, query: querySettings(query), ...changes };
}

/** A world of these configurations, beside those that every world has. */
export async function createQueryWorld(
  configurations: readonly Configuration[],
  options: Omit<NonNullable<Parameters<typeof createWorld>[0]>, "config"> = {},
): Promise<World> {
  const config = { ...worldConfig, configurations: [...worldConfig.configurations, ...configurations] };
  return await createWorld({ ...options, config });
}

export type Asked = Partial<Omit<StartMatchingRequest, "players">> & {
  /** Default: one who is called as the ticket. */
  readonly players?: readonly string[];
};

/** Starts a ticket in `arena`: for two, of one player who is called as it. */
export async function ask(world: Pick<World, "matching">, ticketId: string, asked: Asked = {}): Promise<Ticket> {
  const { players = [ticketId], ...rest } = asked;
  const { ticket } = await world.matching.startMatching({
    ...noProperties,
    ...{ configuration: "arena", ticketId, minCount: 2, maxCount: 2 },
    ...rest,
    players: players.map((playerId) => ({ playerId, attributes: {}, latenciesMs: {}, team: "" })),
  });
  if (!ticket) throw new Error("no ticket");
  return ticket;
}

/** Properties as a request carries them: texts and numbers apart. */
export function says(properties: Readonly<Record<string, string | number>>) {
  const entries = Object.entries(properties);
  return {
    stringProperties: Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    numericProperties: Object.fromEntries(
      entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    ),
  };
}
