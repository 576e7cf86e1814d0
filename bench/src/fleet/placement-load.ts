// Placements of 1v1 battles: the requests, and one stream of them with so many under way that the fleet is never idle.
import { createChannel } from "@muster/kit";
import { PlacementState, type StartPlacementRequest, type StartPlacementsRequest } from "@muster/proto/fleet";
import type { FleetProcess } from "./fleet-process.ts";

/** Under way at once: fewer, and the fleet waits for its disk. */
const WINDOW = 4_096;

const TEAMS = ["red", "blue"];

/** The request of match `number` of a run. */
export function placementOf(run: string, number: number): StartPlacementRequest {
  const matchId = `match_${run}_${String(number).padStart(8, "0")}`;
  return {
    placementId: `${matchId}.1`,
    queue: "bench",
    owner: "bench",
    capacity: TEAMS.length,
    teams: TEAMS.map((name) => ({ name, template: name, capacity: 1 })),
    players: TEAMS.map((team) => ({
      playerId: `player-${number}-${team}`,
      team,
      ticketId: `tick_${number}-${team}`,
      attributes: { skill: 1_000 },
      latenciesMs: {},
    })),
    properties: { map: "dust" },
    data: "",
    matchId,
    configuration: "bench",
    backfill: undefined,
    matcherEndpoint: "127.0.0.1:7410",
    capabilityKey: new Uint8Array(32),
    timeoutMs: 120_000,
    regions: [],
    name: "",
  };
}

/** Places `count` battles by the stream that matchers use; resolves with the ms until the last one was told to be placed. */
export async function placeAll(
  { connection: { fleet } }: FleetProcess,
  { run, count }: { readonly run: string; readonly count: number },
): Promise<number> {
  const outgoing = createChannel<StartPlacementsRequest>();
  const watching = new AbortController();
  let next = 0;
  let fulfilled = 0;
  let startedMs = performance.now();
  const send = () => {
    for (; next < count && next - fulfilled < WINDOW; next += 1) outgoing.push({ placement: placementOf(run, next) });
  };
  const watch = async () => {
    for await (const { event } of fleet.watchSessions(
      { owner: "bench", resumeToken: "" },
      { signal: watching.signal },
    )) {
      if (event?.$case === "snapshotEnd") {
        startedMs = performance.now();
        send();
      }
      if (event?.$case !== "placement" || !event.value.endedAt || !event.value.placementId.includes(`_${run}_`))
        continue;
      if (event.value.state !== PlacementState.FULFILLED) throw new Error(`not placed: ${event.value.failure}`);
      fulfilled += 1;
      if (fulfilled === count) return;
      send();
    }
  };
  const read = async () => {
    for await (const { error } of fleet.startPlacements(outgoing)) {
      if (error) throw new Error(`refused: ${error.message}`);
    }
  };
  const reading = read();
  await Promise.race([watch(), reading]);
  const tookMs = performance.now() - startedMs;
  watching.abort();
  outgoing.close();
  await reading;
  return tookMs;
}
