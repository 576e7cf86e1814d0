// Ports in a row for the servers of a run, which no other run uses.
import { isPortFree } from "@muster/cli";
import { systemRandom } from "@muster/kit";

const FIRST = 20_000;
/** Below those that the system gives out by itself. */
const LAST = 32_000;

/** So many free ports in a row, as muster.json wants them: "20000-20009". */
export async function findPortRange(count: number): Promise<string> {
  const starts = Math.floor((LAST - FIRST) / count);
  for (;;) {
    const first = FIRST + count * Math.floor(systemRandom.fraction() * starts);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map((port) => isPortFree("127.0.0.1", port)));
    if (free.every(Boolean)) return `${first}-${first + count - 1}`;
  }
}
