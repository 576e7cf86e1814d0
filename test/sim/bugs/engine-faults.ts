// Faults of the compiled engine: an index one too narrow, a list that forgets one, a rule read at the wrong age.
import type { PlantedFault } from "./planted-fault.ts";

const ENGINE = "matcher/src/engine/engine.ts";
const POOL = "matcher/src/engine/pool.ts";

/** A fault of one place. */
function fault(name: string, file: string, find: string, replace: string): PlantedFault {
  return { name, patches: [{ file, find, replace }] };
}

export const engineFaults: readonly PlantedFault[] = [
  fault(
    "a ticket that leaves its lanes stays in all but the first",
    POOL,
    "      this.#unlinkNode(node);\n      node = sibling;",
    "      this.#unlinkNode(node);\n      node = sibling < 0 ? sibling : -1;",
  ),
  fault("a window is sought for one wider", ENGINE, "spread: level.suffices,", "spread: level.suffices + 1,"),
  fault(
    "a window is one wider",
    "matcher/src/engine/plan.ts",
    "suffices: isWithin ? (along.suffices ?? -1) : Number.POSITIVE_INFINITY,",
    "suffices: isWithin ? (along.suffices ?? -1) + 1 : Number.POSITIVE_INFINITY,",
  ),
  fault(
    "older tickets do not take the places of younger ones",
    "matcher/src/engine/sweep.ts",
    "} while (letOldestIn());",
    "} while (false);",
  ),
  fault(
    "a look at a lane reaches one bucket too few",
    "matcher/src/engine/work-off.ts",
    "const reach = Math.ceil(spread / pool.bucketWidth);",
    "const reach = Math.ceil(spread / pool.bucketWidth) - 1;",
  ),
  fault(
    "an expansion is passed over",
    "matcher/src/engine/expansions.ts",
    "const next = fromAgesMs[level + 1];",
    "const next = fromAgesMs[level + 2];",
  ),
  fault(
    "who reaches an expansion is not looked at again",
    ENGINE,
    "      mark(slot, before + 1, level);\n",
    "      if (level < before) mark(slot, before + 1, level);\n",
  ),
  fault(
    "the engine counts by the other ticket's age",
    ENGINE,
    'const isByOldest = ruleSet.expansionAge === "oldest";',
    'const isByOldest = ruleSet.expansionAge === "newest";',
  ),
  fault(
    "a match is of the age of its first ticket",
    ENGINE,
    "    return isByOldest ? Math.max(...levels) : Math.min(...levels);\n  }\n",
    "    return levels[0] ?? 0;\n  }\n",
  ),
  fault(
    "a recipe seats who asks for a team in any",
    "matcher/src/engine/recipes.ts",
    "return team === undefined || team === room.name || team === room.template.name;",
    "return true;",
  ),
  fault(
    "a divided party sits where its first player does",
    "matcher/src/engine/placing.ts",
    'teams: seats.map((room) => rooms[room] ?? "")',
    'teams: seats.map(() => rooms[seats[0] ?? -1] ?? "")',
  ),
  fault(
    "a fill does not look how near the seated lie",
    "matcher/src/engine/opening.ts",
    "if (!readRange?.(roster, range))",
    "if (!readRange?.(roster, range) || roster.length < 99)",
  ),
  fault(
    "a fill takes who shares nothing with the seated",
    "matcher/src/engine/opening.ts",
    "if (!isAny && !texts.includes(String(branch.value))) return false;",
    "if (isAny && !texts.includes(String(branch.value))) return true;",
  ),
  fault(
    "an opening keeps the roster that it was made for",
    "matcher/src/engine/fills.ts",
    "const opening = known?.battle === battle ? known : compile(battle);",
    "const opening = known ?? compile(battle);",
  ),
  fault(
    "an arrival wakes battles of its own bucket alone",
    "matcher/src/engine/fills.ts",
    "for (let near = bucket - reach; reach > 0 && near <= bucket + reach; near += 1)",
    "for (let near = bucket; reach > 0 && near <= bucket; near += 1)",
  ),
  fault(
    "an arrival wakes no battle that takes anybody of its lane",
    "matcher/src/engine/fills.ts",
    "        wake(lane.get(ALL_BUCKETS));\n",
    "",
  ),
  fault(
    "an arrival wakes no battle whose players say nothing of what makes its lane",
    "matcher/src/engine/fills.ts",
    "      wakeNear(places.get(ANYWHERE));\n",
    "",
  ),
  fault(
    "a postponed match is taken whoever has left it",
    ENGINE,
    "if (isThere && search.isLegal(formed) &&",
    "if ((isThere || arrivals.length > 0) && search.isLegal(formed) &&",
  ),
  fault(
    "who is left of a postponed match is not looked at again",
    ENGINE,
    "for (const { slot } of formed.members) if (pool.stateOf(slot) === LINKED) markAll(slot);",
    "",
  ),
  fault(
    "what was postponed is forgotten",
    ENGINE,
    "postponed.push({ formed, search, arrivals });",
    "if (arrivals.length === 0) postponed.push({ formed, search, arrivals });",
  ),
  fault(
    "held tickets are never let go",
    ENGINE,
    "for (const slot of held.splice(0)) {",
    "for (const slot of held.splice(0, 0)) {",
  ),
  fault(
    "a lane is taken for done when the turn was cut short",
    ENGINE,
    "if (workOff(searchOf(lane, level), buckets, turn)) changes.settle",
    "if (workOff(searchOf(lane, level), buckets, turn) || true) changes.settle",
  ),
  fault(
    "who has no value is looked for in buckets",
    "matcher/src/engine/search.ts",
    "const isNarrow = lane.key !== ANYWHERE && plan.axis",
    "const isNarrow = plan.axis",
  ),
  fault(
    "who has no value finds nobody",
    "matcher/src/engine/search.ts",
    "for (const lane of isWild ? pool.lanes.values() : own) read(lane);",
    "for (const lane of own) read(lane);",
  ),
  fault(
    "lanes are kept apart by their last value alone",
    POOL,
    'else branch = branchOf(branch, typeof value === "string" ? value : value + 0);',
    'else branch = branchOf(this.lanes.root, typeof value === "string" ? value : value + 0);',
  ),
  fault(
    "a rule for one ticket alone holds from no age on",
    POOL,
    "return rule === undefined || isAdmitted(rule, ticket);",
    "return rule === undefined || isAdmitted(rule, ticket) || true;",
  ),
  fault(
    "who comes back stands behind all others",
    POOL,
    "  if (after >= 0 && this.arrivalOf(after) > arrival) {",
    "  if (after < -1) {",
  ),
  fault(
    "the regions of a match are those of one player",
    ENGINE,
    "suitingRegions(rules, rosterOf(this.seats))",
    "suitingRegions(rules, rosterOf(this.seats.slice(0, 1)))",
  ),
  fault(
    "the engine stays when its rule set changes",
    "matcher/src/core/pool-engines.ts",
    "const isSameRuleSet = member.engine.ruleSet === choice.held.ruleSet;",
    "const isSameRuleSet = choice.held.ruleSet !== undefined;",
  ),
  fault(
    "battles are not looked at again when their rule set changes",
    "matcher/src/core/pool-engines.ts",
    "  for (const id of pool.backfills) pool.touched.add(id);\n",
    "",
  ),
  fault(
    "a search that was cut short is given up",
    "matcher/src/engine/search.ts",
    '  return { type: "more", unfinished: { thorough, slotOf }, unusable };',
    '  return thorough && { type: "nothing", unusable };',
  ),
  fault(
    "a thorough search passes over the second way to sit down",
    "matcher/src/engine/thorough.ts",
    "        choice.way += 1;\n        const at",
    "        choice.way += choice.way < 0 ? 1 : 2;\n        const at",
  ),
  fault(
    "patience never comes back",
    "matcher/src/engine/patience.ts",
    "left + (passedMs * STEPS_PER_SECOND) / 1_000",
    "left + (0 * passedMs * STEPS_PER_SECOND) / 1_000",
  ),
];
