// Aliases: names that stand for a fleet until they are pointed at another, so that whoever names one does not change with the
// fleets. A closed alias stands for none and says why. What is set at run time holds before what muster.json says.
import { MusterError } from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { type FleetConfig, type FleetSpec, findFleet } from "./fleet-config.ts";
import { controlOf } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";

export type AliasTarget =
  | { readonly type: "fleet"; readonly fleet: string }
  /** Placements that have no other destination fail with the message. */
  | { readonly type: "closed"; readonly message: string };

export type AliasSpec = { readonly name: string; readonly target: AliasTarget };

/** What a name among destinations stands for; `closed` says why there is nothing. */
export type Destination =
  | { readonly type: "fleet"; readonly fleet: FleetSpec }
  | { readonly type: "closed"; readonly name: string; readonly message: string };

/** What aliases of muster.json and of run time say, and the fleets that they name. */
export type Named = Pick<FleetState, "aliases" | "controls"> & { readonly config: FleetConfig };

export function named({ aliases, controls }: FleetState, { config }: Pick<Moment, "config">): Named {
  return { aliases, controls, config };
}

export function findAlias({ aliases, config }: Omit<Named, "controls">, name: string): AliasTarget | undefined {
  return aliases.get(name) ?? config.aliases.find((alias) => alias.name === name)?.target;
}

/** All aliases by name, those of run time in place of those of muster.json. */
export function listAliases({ aliases, config }: Omit<Named, "controls">): readonly AliasSpec[] {
  const all = new Map(config.aliases.map(({ name, target }) => [name, target]));
  for (const [name, target] of aliases) all.set(name, target);
  return Array.from(all, ([name, target]) => ({ name, target })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The fleet of that name, or of the alias of that name. */
export function resolveDestination(from: Named, name: string): Destination {
  const fleet = findFleet(from.config, name);
  if (fleet) return takesSessions(from, name, fleet);
  const target = findAlias(from, name);
  if (!target) return { type: "closed", name, message: "there is no fleet or alias of that name" };
  if (target.type === "closed") return { type: "closed", name, message: target.message };
  const aliased = findFleet(from.config, target.fleet);
  if (aliased) return takesSessions(from, name, aliased);
  return { type: "closed", name, message: `it stands for fleet ${target.fleet}, and there is none of that name` };
}

function takesSessions(from: Named, name: string, fleet: FleetSpec): Destination {
  if (!controlOf(from, fleet.name).isDrained) return { type: "fleet", fleet };
  return { type: "closed", name, message: `fleet ${fleet.name} is drained` };
}

/**
 * Points the alias, which is made if there is none; a repeat changes nothing.
 *
 * @throws {MusterError} FLEET_NOT_FOUND if the target is no fleet; NAME_TAKEN if a fleet has the name.
 */
export function putAlias(state: FleetState, { name, target }: AliasSpec, moment: Moment): Decision<undefined> {
  if (findFleet(moment.config, name)) {
    throw new MusterError("NAME_TAKEN", `Cannot use ${name} as an alias as a fleet has that name`, {
      metadata: { name },
    });
  }
  if (target.type === "fleet" && !findFleet(moment.config, target.fleet)) {
    throw new MusterError("FLEET_NOT_FOUND", `Cannot point alias ${name} at fleet ${target.fleet} as there is none`, {
      metadata: { fleet: target.fleet },
    });
  }
  const known = state.aliases.get(name);
  if (known && isSameTarget(known, target)) return unchanged(undefined);
  return { facts: [{ type: "alias-put", name, target }], reply: undefined };
}

/**
 * Forgets what was set at run time: the alias is again what muster.json says, or none. A repeat changes nothing.
 *
 * @throws {MusterError} ALIAS_NOT_FOUND if there is none.
 */
export function deleteAlias(state: FleetState, name: string, moment: Moment): Decision<undefined> {
  if (!findAlias(named(state, moment), name)) {
    throw new MusterError("ALIAS_NOT_FOUND", `Cannot forget alias ${name} as there is none of that name`, {
      metadata: { name },
    });
  }
  const facts: readonly FleetFact[] = state.aliases.has(name) ? [{ type: "alias-put", name, target: undefined }] : [];
  return { facts, reply: undefined };
}

function isSameTarget(a: AliasTarget, b: AliasTarget): boolean {
  if (a.type === "fleet") return b.type === "fleet" && a.fleet === b.fleet;
  return b.type === "closed" && a.message === b.message;
}
