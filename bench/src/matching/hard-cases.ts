// Rule sets and pools that defeat what makes the engine quick, measured all the same.
import { createEnginePool } from "./engine-pool.ts";
import { type DocumentName, ruleSetOf } from "./pool-rule-sets.ts";
import { type Drawing, drawTickets, searchesOf } from "./pool-tickets.ts";
import { collectGarbage, startWatch } from "./stopwatch.ts";

export type HardCaseTask = Omit<Drawing, "seed"> & {
  readonly ruleSet: DocumentName;
  /** Pools of `count` tickets each, of other seeds. */
  readonly pools: number;
  /** Given up after that many ms for all pools together. */
  readonly limitMs: number;
};

export type HardCaseFigures = {
  readonly wallMs: number;
  /** Of all pools until nothing is left to find; where it was given up, those that were matched: a second. */
  readonly ticketsPerSecond: number;
  readonly matches: number;
  /** The longest that one call of the engine held the thread. */
  readonly worstTurnMs: number;
  readonly isDone: boolean;
};

export function measureHardCase({ ruleSet: name, pools, limitMs, ...drawing }: HardCaseTask): HardCaseFigures {
  const ruleSet = ruleSetOf(name);
  let [wallMs, matches, matchedTickets, tickets, worstTurnMs] = [0, 0, 0, 0, 0];
  let isDone = true;
  for (let index = 0; index < pools && isDone; index += 1) {
    const searches = searchesOf(drawTickets({ ...drawing, seed: 23 + index }));
    const pool = createEnginePool({ ruleSet, searches });
    if (drawing.count > 1_000) collectGarbage();
    const watch = startWatch();
    pool.add(searches);
    const formation = pool.formAll(performance.now() + limitMs - wallMs);
    wallMs += watch().wallMs;
    matches += formation.matches;
    matchedTickets += formation.matchedTickets;
    tickets += searches.length;
    worstTurnMs = Math.max(worstTurnMs, formation.worstTurnMs);
    isDone = formation.isDone;
  }
  const ticketsPerSecond = ((isDone ? tickets : matchedTickets) / wallMs) * 1_000;
  return { wallMs, ticketsPerSecond, matches, worstTurnMs, isDone };
}
