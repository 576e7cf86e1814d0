// muster fleet placement start | stop: a session by a queue, without a matcher.
import { drawId, systemRandom } from "@muster/kit";
import { connectFleet } from "../contract/connection.ts";
import { type Placement, readPlacement } from "../contract/placement.ts";
import { present } from "../contract/session.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { summarizePlacement } from "./placement.ts";

export type StartPlacementOptions = {
  readonly queue: string;
  /** "": one is drawn. The same id and request again are the same placement. */
  readonly placementId: string;
  readonly capacity: number;
  readonly playerIds: readonly string[];
  /** Where it may run. Empty: anywhere. */
  readonly regions: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly name: string;
  readonly data: string;
  /** In ms. Undefined: as the queue or the fleet says. */
  readonly timeoutMs: number | undefined;
  readonly reservationTimeoutMs: number | undefined;
  readonly disconnectGraceMs: number | undefined;
  /** Until it has ended. */
  readonly wait: boolean;
};

/** Starts the placement and prints how it stands. Exit 1 if it was waited for and there is no session. */
export async function startPlacement(options: StartPlacementOptions, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const { wait, playerIds, regions, properties, timeoutMs = 0, ...wishes } = options;
  const placementId = options.placementId === "" ? drawId("placement", systemRandom) : options.placementId;
  const request = {
    ...{ ...wishes, placementId, timeoutMs, owner: "muster", teams: [], matchId: "", configuration: "" },
    ...{ regions: [...regions], properties: { ...properties } },
    ...{ backfill: undefined, matcherEndpoint: "", capabilityKey: new Uint8Array() },
    players: playerIds.map((playerId) => ({ playerId, team: "", ticketId: "", attributes: {}, latenciesMs: {} })),
  };
  const { placement } = await connection.fleet.startPlacement(request, { signal: context.signal });
  const started = readPlacement(present("placement", placement));
  if (!wait || started.state !== "PENDING") return print(started, wait, context);
  const watched = { placementIds: [placementId], owner: "", queue: "", resumeToken: "" };
  for await (const { event } of connection.fleet.watchPlacements(watched, { signal: context.signal })) {
    if (event?.$case !== "snapshotEnd" && event?.$case !== "placement") continue;
    const described = await connection.fleet.describePlacement({ placementId }, { signal: context.signal });
    const now = readPlacement(present("placement", described.placement));
    if (now.state !== "PENDING") return print(now, wait, context);
  }
  return 1;
}

/** Stops a placement that is pending, and what was begun for it. */
export async function stopPlacement(placementId: string, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const { placement } = await connection.fleet.stopPlacement({ placementId }, { signal: context.signal });
  return print(readPlacement(present("placement", placement)), false, context);
}

function print(placement: Placement, wait: boolean, context: CommandContext): ExitCode {
  if (context.json) printJson(context, placement);
  else context.terminal.print(summarizePlacement(placement));
  return wait && placement.state !== "FULFILLED" ? 1 : 0;
}
