// Rare situations that no fact shows: places in the sources that have to be reached. As they are loaded for `--goals` each is made
// to say so; nothing of it stands in production code.
import type { PlantedFault } from "../bugs/planted-fault.ts";
import type { Goal } from "./goal.ts";

const REGISTRY = Symbol.for("muster.simulation.reached");
const ENGINE = "matcher/src/engine/engine.ts";
const POOL = "matcher/src/engine/pool.ts";
const FILLS = "matcher/src/engine/fills.ts";

const reached = new Set<string>();

/** Text that says that `name` was reached. */
function say(name: string): string {
  return `globalThis[Symbol.for("${REGISTRY.description}")]?.(${JSON.stringify(name)});`;
}

/** `find` is replaced by what `write` makes of it and of the text that says so. */
function landmark(name: string, file: string, find: string, write: (say: string) => string): PlantedFault {
  return { name, patches: [{ file, find, replace: write(say(name)) }] };
}

const before = (find: string) => (says: string) => `${says} ${find}`;

const KEPT = "&& turn.accept(formed)) continue;";
const LEFT = "for (const { slot } of formed.members) if (pool.stateOf(slot) === LINKED) markAll(slot);";
const POSTPONED = "postponed.push({ formed, search, arrivals });";
const GO_ON = "if (task.unfinished) return goOn(";
const SEATED = "const outcome = matchFrom(task, slotOf, found);";
const COUNTED = "const formed = count(opening);";
const SOUGHT = "return fill?.additions.flatMap(";
const OLDER = "place.group.members[place.index] = waiting;";
const WILD = "this.wild += 1;";
const UNREADABLE = "if (!this.#readAll(slot, read)) this.#setState(slot, BARRED);";
const UNLINKED = "if (!this.#linkLanes(slot, ticket)) {";
const EXPANDS = "mark(slot, before + 1, level);";
const WAKES = "if (at) for (const id of at) woken.add(id);";
const SKIPS = "(fromAgesMs[level + 1] ?? 0) <= nowMs) level += 1;";
const HELD = "if (search) holdBack(pool, search);\n    }\n  }\n}\n\nfunction* comingOf";
const MADE = "const engine = createEngine(ruleSet);";

const rebuilt = "a rule set changed while tickets waited and battles were filled";
const restarted = "a matcher came back to waiting tickets and battles to fill";
const byArrival = "an arrival woke a battle";
const byExpansion = "an expansion woke a battle";

const DRIVER = "mock-fleet/src/faults/fault-driver.ts";
const LIES = "lies += 1;";
const SILENT = "return lines.hold(processId, { direction: fault.direction,";
const LATE = "if (dueMs > now) timers.after(";
const REPEATED = "if (known) return unchanged({ result: known.result, isRepeat: true });";

export const LANDMARKS: readonly PlantedFault[] = [
  landmark("a game lied to the fleet", DRIVER, LIES, before(LIES)),
  landmark("a sidecar's line fell silent by plan", DRIVER, SILENT, before(SILENT)),
  landmark("a message was late by plan", "mock-fleet/src/faults/host-lines.ts", LATE, before(LATE)),
  landmark("a command came twice", "mock-fleet/src/core/command.ts", REPEATED, (says) =>
    REPEATED.replace("if (known)", `if (known) { ${says} }\n  if (known)`),
  ),
  landmark("a search went on in a later turn", "matcher/src/engine/search.ts", GO_ON, (says) => {
    return `if (task.unfinished) { ${says} } ${GO_ON}`;
  }),
  landmark("a match was found by a thorough search", "matcher/src/engine/search.ts", SEATED, before(SEATED)),
  landmark("a match was postponed", ENGINE, POSTPONED, before(POSTPONED)),
  landmark("a postponed match was taken up", ENGINE, KEPT, (says) =>
    KEPT.replace("continue;", `{ ${says} continue; }`),
  ),
  landmark(
    "a postponed match was dropped as somebody had left it",
    ENGINE,
    LEFT,
    (says) => `if (!isThere) { ${says} } ${LEFT}`,
  ),
  landmark("an older ticket took the place of a younger one", "matcher/src/engine/sweep.ts", OLDER, before(OLDER)),
  landmark("a fill was found by counting", FILLS, COUNTED, (says) => `${COUNTED} if (formed) { ${says} }`),
  landmark("a fill was found by a search", "matcher/src/core/fill-battles.ts", SOUGHT, (says) => {
    return `if (fill) { ${says} } ${SOUGHT}`;
  }),
  landmark("a ticket may go with anybody", POOL, WILD, before(WILD)),
  {
    name: "a ticket is in no legal match whoever comes",
    patches: [
      {
        file: POOL,
        find: UNREADABLE,
        replace: UNREADABLE.replace(
          "this.#setState",
          `{ ${say("a ticket is in no legal match whoever comes")} } if (!this.#readAll(slot, read)) this.#setState`,
        ),
      },
      { file: POOL, find: UNLINKED, replace: `${UNLINKED} ${say("a ticket is in no legal match whoever comes")}` },
    ],
  },
  landmark("two expansions came at once", "matcher/src/engine/expansions.ts", SKIPS, (says) => {
    return SKIPS.replace("level += 1;", `{ level += 1; ${says} }`);
  }),
  {
    name: byArrival,
    patches: [
      {
        file: FILLS,
        find: WAKES,
        replace: `if (at && at.size > 0) { if (globalThis.musterExpands) { ${say(byExpansion)} } else { ${say(byArrival)} } } ${WAKES}`,
      },
    ],
  },
  {
    name: byExpansion,
    patches: [
      {
        file: ENGINE,
        find: EXPANDS,
        replace: `globalThis.musterExpands = true; ${EXPANDS} globalThis.musterExpands = false;`,
      },
    ],
  },
  landmark("an arrival was held back for a battle to come", "matcher/src/core/hold-for-battles.ts", HELD, (says) =>
    HELD.replace("holdBack", `{ ${says} } if (search) holdBack`),
  ),
  landmark(rebuilt, "matcher/src/core/pool-engines.ts", MADE, (says) => {
    const waits = "pool.searching.size > 0 && pool.backfills.size > 0";
    return `if (${waits}) { if (pool.engines.length > 0) { ${says} } else { ${say(restarted)} } } ${MADE}`;
  }),
];

const names: readonly string[] = [...LANDMARKS.map(({ name }) => name), restarted];

/** Each is counted at the next observation after it was reached. */
export const landmarkGoals: readonly Goal[] = names.map((name) => ({
  name,
  detector: () => {
    reached.delete(name);
    return () => reached.delete(name);
  },
}));

/** From now on places say that they were reached. */
export function listenToLandmarks(): void {
  Object.defineProperty(globalThis, REGISTRY, {
    value: (name: string) => reached.add(name),
    configurable: true,
  });
}
