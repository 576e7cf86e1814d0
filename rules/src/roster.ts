// Who is judged: players as rules see them, the tickets that bring them, and the teams they sit in.
import type { Attributes, AttributeValue, PlayerId, TicketId } from "@muster/proto";
import type { AttributeSpec, TeamSpec } from "./rule-set.ts";

/** A player as rules see them. `team` is the team the player asks for, by instance or template name. */
export type JudgedPlayer = {
  readonly playerId: PlayerId;
  readonly attributes: Attributes;
  /**
   * Round trip in ms by region; one that is absent was not measured, and suits the player not. Undefined: nothing is known
   * any more, as of somebody who has been seated for long, and latency rules look at the others alone.
   */
  readonly latenciesMs?: Readonly<Record<string, number>> | undefined;
  readonly team?: string | undefined;
};

/** A candidate. `searchingSinceMs` is its age: for the order among candidates and for expansions. */
export type JudgedTicket = {
  readonly ticketId: TicketId;
  readonly players: readonly JudgedPlayer[];
  readonly searchingSinceMs: number;
};

/** A player with a seat. `ticketId` groups a party within its team for `partyAggregation`; absent: a party of one. */
export type SeatedPlayer = JudgedPlayer & { readonly ticketId?: TicketId | undefined };

/** Who sits in one team; `name` is the instance's, such as `red` or `red_001`. */
export type SeatedTeam = { readonly name: string; readonly players: readonly SeatedPlayer[] };

/** The teams that rules look at, in the rule set's order: the open ones only. */
export type Roster = readonly RosterTeam[];
export type RosterTeam = { readonly name: string; readonly players: readonly SeatedPlayer[] };

/**
 * Which instances of `team` are part of a match that seats `sizeOf(name)` players in each: those that hold somebody, and
 * as many empty ones, first names first, as `minQuantity` still lacks. An empty instance beyond that is simply not there.
 */
export function openInstances(team: TeamSpec, sizeOf: (instance: string) => number): readonly string[] {
  let lacking = team.minQuantity - team.instances.filter((name) => sizeOf(name) > 0).length;
  return team.instances.filter((name) => {
    if (sizeOf(name) > 0) return true;
    lacking -= 1;
    return lacking >= 0;
  });
}

/** The player's value of the attribute, its default if the player has none of the type, or nothing. */
export function readAttribute(player: JudgedPlayer, spec: AttributeSpec): AttributeValue | undefined {
  const value = Object.hasOwn(player.attributes, spec.name) ? player.attributes[spec.name] : undefined;
  return value !== undefined && isOfType(value, spec.type) ? value : spec.default;
}

/** Whether `value` is what an attribute of `type` holds. */
export function isOfType(value: unknown, type: AttributeSpec["type"]): value is AttributeValue {
  switch (type) {
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "string":
      return typeof value === "string";
    case "string_list":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "string_number_map":
      return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((item) => typeof item === "number" && Number.isFinite(item))
      );
  }
}
