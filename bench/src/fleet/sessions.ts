// What a hundred thousand battles take that all live at once, their players let in.
import { systemClock } from "@muster/kit";
import { startFleetProcess } from "./fleet-process.ts";
import { placeAll } from "./placement-load.ts";

const SESSIONS = 100_000;
const PROCESSES = 2_000;
const config = {
  fleets: [
    {
      name: "bench",
      processes: PROCESSES,
      simulated: { concurrentSessions: SESSIONS / PROCESSES },
      reservationSeconds: 3_600,
    },
  ],
  queues: [{ name: "bench", destinations: ["bench"], timeoutSeconds: 600 }],
};
/** The fleet uses less of a core than this while nothing is left to do. */
const IDLE_SHARE = 0.2;
const LOOK_MS = 2_000;

export async function measureSessions() {
  await using fleet = await startFleetProcess({ config, processes: PROCESSES });
  const tookMs = await placeAll(fleet, { run: "live", count: SESSIONS });
  // Players come by themselves: until they have, there is work.
  for (let before = await fleet.cpuMs(); ; ) {
    await systemClock.sleep(LOOK_MS);
    const now = await fleet.cpuMs();
    if (now - before < IDLE_SHARE * LOOK_MS) break;
    before = now;
  }
  return { sessions100kMb: await fleet.rssMb(), sessions100kPlacedSeconds: tookMs / 1_000 };
}
