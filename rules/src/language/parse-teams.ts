// The `teams` section: three dialects' ways to say how many of a team there may be, read into one form.
import { limits } from "@muster/proto";
import type { TeamSpec } from "../rule-set.ts";
import { type Dialect, instanceNames } from "./dialect.ts";
import { type Fields, readCount, readList, readName, readObject, refuse, type Spot } from "./spot.ts";

/** Team templates: more are never needed, and every instance costs the search. */
const TEAMS_MAX = 64;

const quantityKeys = { PGOS: ["minQuantity", "maxQuantity"], GPM: ["number"], FLEXMATCH: ["quantity"] } as const;

/** The teams by name, undefined for one whose declaration is wrong. */
export function parseTeams(spot: Spot, dialect: Dialect): ReadonlyMap<string, TeamSpec | undefined> {
  const teams = new Map<string, TeamSpec | undefined>();
  const taken = new Set<string>();
  let total = 0;
  for (const item of readList(spot, { min: 1, max: TEAMS_MAX }) ?? []) {
    const fields = readObject(item, { known: ["name", "minPlayers", "maxPlayers", ...quantityKeys[dialect]] });
    if (!fields) continue;
    const name = readName(fields("name"), taken);
    const bounds = readBounds(fields, dialect);
    if (name === undefined) continue;
    total += bounds ? bounds.maxPlayers * bounds.maxQuantity : 0;
    // Without its instances where it is too large anyway: a bomb shall not be built.
    const isTooLarge = total > limits.MATCH_PLAYERS_MAX;
    const instances = bounds && !isTooLarge && instanceNames(dialect, name, bounds.maxQuantity);
    teams.set(name, bounds && instances ? { name, ...bounds, instances } : undefined);
  }
  checkInstances(spot, teams);
  checkTotal(spot, total);
  return teams;
}

/** The players that all teams hold together may not exceed what one match may have. Reports at `spot`. */
export function checkTotal(spot: Spot, total: number): void {
  if (total <= limits.MATCH_PLAYERS_MAX) return;
  refuse({ ...spot, value: total }, `must hold at most ${limits.MATCH_PLAYERS_MAX} players together`);
}

function readBounds(fields: Fields, dialect: Dialect): Omit<TeamSpec, "name" | "instances"> | undefined {
  const max = limits.MATCH_PLAYERS_MAX;
  const minPlayers = readCount(fields("minPlayers"), { min: 0, max });
  const maxPlayers = readCount(fields("maxPlayers"), { min: 1, max });
  const quantity = readQuantity(fields, dialect);
  if (minPlayers === undefined || maxPlayers === undefined || !quantity) return undefined;
  if (minPlayers > maxPlayers)
    return refuse(fields("maxPlayers"), `must be at least minPlayers, which is ${minPlayers}`);
  return { minPlayers, maxPlayers, ...quantity };
}

type Quantity = { readonly minQuantity: number; readonly maxQuantity: number };

function readQuantity(fields: Fields, dialect: Dialect): Quantity | undefined {
  switch (dialect) {
    case "PGOS":
      return readPgosQuantity(fields);
    case "GPM": {
      if (fields("number").value === undefined) return { minQuantity: 1, maxQuantity: 1 };
      const [first, second] = readList(fields("number"), { min: 2, max: 2 }) ?? [];
      return first && second && readRange(first, second);
    }
    case "FLEXMATCH": {
      if (fields("quantity").value === undefined) return { minQuantity: 1, maxQuantity: 1 };
      const quantity = fields("quantity");
      return readRange(quantity, quantity);
    }
  }
}

/** A missing minimum is 1; a missing maximum is the minimum. */
function readPgosQuantity(fields: Fields): Quantity | undefined {
  const min = fields("minQuantity");
  const max = fields("maxQuantity");
  const first = min.value === undefined ? { ...min, value: 1 } : min;
  return readRange(first, max.value === undefined ? first : max);
}

function readRange(min: Spot, max: Spot): Quantity | undefined {
  const range = { min: 1, max: limits.MATCH_PLAYERS_MAX };
  const minQuantity = readCount(min, range);
  const maxQuantity = max === min ? minQuantity : readCount(max, range);
  if (minQuantity === undefined || maxQuantity === undefined) return undefined;
  if (minQuantity > maxQuantity) return refuse(max, `must be at least the minimum, which is ${minQuantity}`);
  return { minQuantity, maxQuantity };
}

/** Numbered names such as red_001 may not meet another team of that name: results name instances only. */
function checkInstances(spot: Spot, teams: ReadonlyMap<string, TeamSpec | undefined>): void {
  for (const team of teams.values()) {
    const clash = team && team.maxQuantity > 1 ? team.instances.find((name) => teams.has(name)) : undefined;
    if (clash !== undefined)
      refuse({ ...spot, value: clash }, `must not name a team as ${team?.name}'s instances are named`);
  }
}
