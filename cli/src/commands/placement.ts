// muster fleet placement show | list | watch: what became of requests for server sessions.
import { systemClock, systemRandom } from "@muster/kit";
import { connectFleet } from "../contract/connection.ts";
import { type Placement, readPlacement } from "../contract/placement.ts";
import { watchResiliently } from "../contract/resilient-watch.ts";
import { present } from "../contract/session.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

/** How long a fleet that is watched may be away, in ms. */
const AWAY_MS = 30_000;

export type PlacementsOptions = {
  readonly placementIds: readonly string[];
  /** Undefined: on all queues. */
  readonly queue: string | undefined;
};

/** Prints placements as they stand. */
export async function showPlacements(placementIds: readonly string[], context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  for (const [index, placementId] of placementIds.entries()) {
    const { placement } = await connection.fleet.describePlacement({ placementId }, { signal: context.signal });
    const shown = readPlacement(present("placement", placement));
    if (context.json) {
      printJson(context, shown);
      continue;
    }
    if (index > 0) context.terminal.print("");
    for (const line of describePlacement(shown)) context.terminal.print(line);
  }
  return 0;
}

/** Prints those that are pending, and with `includeEnded` those that have ended, oldest first. With --json one a line. */
export async function listPlacements(
  { placementIds, queue = "", includeEnded }: PlacementsOptions & { readonly includeEnded: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const request = { placementIds: [...placementIds], owner: "", queue, includeEnded };
  const { placements } = await connection.fleet.listPlacements(request, { signal: context.signal });
  const read = placements.map(readPlacement);
  if (context.json) for (const placement of read) printJson(context, placement);
  else for (const line of describePlacements(read)) context.terminal.print(line);
  return 0;
}

/** Prints every step of placements as it happens, until Ctrl-C; after a break it goes on where it was. */
export async function watchPlacements(
  { placementIds, queue = "" }: PlacementsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const messages = watchResiliently(
    {
      open: (resumeToken, signal) =>
        connection.fleet.watchPlacements(
          { placementIds: [...placementIds], owner: "", queue, resumeToken },
          { signal },
        ),
      tokenOf: (message) => message.resumeToken,
      clock: systemClock,
      random: systemRandom,
      awayMs: AWAY_MS,
      onState: (state) => context.terminal.note(state === "broken" ? "The fleet is away" : "The fleet is back"),
    },
    context.signal,
  );
  for await (const { event } of messages) {
    if (event?.$case !== "placement") continue;
    const placement = readPlacement(event.value);
    if (context.json) printJson(context, placement);
    else context.terminal.print(summarizePlacement(placement));
  }
  return 0;
}

function describePlacement(placement: Placement): readonly string[] {
  const { placementId, state, queue, owner, attempts, battleSessionId, failure, createdAt, endedAt } = placement;
  return [
    `placement  ${placementId}`,
    `state      ${state}${failure === undefined ? "" : `: ${failure}`}`,
    `queue      ${queue}`,
    `owner      ${owner}`,
    `attempts   ${attempts}`,
    `session    ${battleSessionId ?? "-"}`,
    `created    ${createdAt ?? "-"}`,
    `ended      ${endedAt ?? "-"}`,
  ];
}

function describePlacements(placements: readonly Placement[]): readonly string[] {
  if (placements.length === 0)
    return ["No placements. Those that have ended too: `npx muster fleet placement list --all`"];
  const rows = placements.map(({ placementId, state, queue, attempts, battleSessionId, failure }) => [
    placementId,
    state,
    queue,
    String(attempts),
    battleSessionId ?? "-",
    failure ?? "",
  ]);
  return formatTable(["PLACEMENT", "STATE", "QUEUE", "ATTEMPTS", "SESSION", "WHY"], rows);
}

/** In one line. */
export function summarizePlacement({
  placementId,
  state,
  queue,
  attempts,
  battleSessionId,
  failure,
}: Placement): string {
  const doing = state === "PENDING" && attempts > 0 ? `attempt ${attempts}` : undefined;
  return [placementId, state, queue, doing, battleSessionId, failure].filter((part) => part !== undefined).join(" ");
}
