// Races cancels in waves and judges each wave's history: by the checker of all histories, and by what a history without gaps allows to
// be said of cancels alone.
import { checkHistory } from "../chaos/history/check-history.ts";
import type { Entry } from "../chaos/history/entry.ts";
import type { Finding } from "../chaos/history/finding.ts";
import { createNotebook } from "../chaos/history/history.ts";
import { checkCancels } from "./check-cancels.ts";
import { type CancelCounts, countCancels, sumOf } from "./count-cancels.ts";
import { createRaceWorld } from "./race-world.ts";
import { followEverything, playWave } from "./raced-wave.ts";

export type RacesOptions = {
  readonly seed: number;
  /** Goes on until so many cancels have raced. */
  readonly cancels: number;
  readonly onWave?: (counts: CancelCounts) => void;
};

export type Races = {
  readonly counts: CancelCounts;
  readonly findings: readonly Finding[];
  /** Of the last wave. */
  readonly entries: readonly Entry[];
};

/** Tickets of one wave: their history is judged as a whole, and then forgotten. */
const TICKETS_A_WAVE = 280;

/** Stops at the first wave with findings. @throws what a service stopped for. */
export async function runRaces({ seed, cancels, onWave }: RacesOptions): Promise<Races> {
  const world = await createRaceWorld(seed);
  await using _world = world;
  const { clock } = world;
  const ends = new AbortController();
  let instants = 0;
  // Things of one moment have an order all the same, and ms are plenty.
  const nowMs = () => {
    instants += 1;
    return clock.nowMs() + instants * 1e-7;
  };
  const book = { notebook: createNotebook(nowMs) };
  const notebook = {
    get entries() {
      return book.notebook.entries;
    },
    add: (entry: Parameters<typeof book.notebook.add>[0]) => book.notebook.add(entry),
    call: (...call: Parameters<typeof book.notebook.call>) => book.notebook.call(...call),
  };
  const { inboxes } = followEverything({ world, notebook }, ends.signal);
  await clock.advance(100);
  let counts = countCancels([]);
  for (let wave = 1; ; wave += 1) {
    await playWave(wave, TICKETS_A_WAVE, { world, notebook, inboxes });
    const { entries } = book.notebook;
    book.notebook = createNotebook(nowMs);
    if (world.faults.length > 0) throw world.faults[0];
    counts = sumOf(counts, countCancels(entries));
    const findings = [...checkHistory(entries), ...checkCancels(entries)];
    onWave?.(counts);
    if (findings.length > 0 || counts.raced >= cancels) {
      ends.abort();
      return { counts, findings, entries };
    }
  }
}
