// Kinds of tickets as team sizes see them: how many players, and which teams they ask for. Tickets of one kind can stand in
// for one another wherever only numbers count.
import type { JudgedPlayer } from "@muster/rules";
import { groupsByTeam } from "@muster/rules/plan";

/** Players of one ticket who sit together in one team. `team`: what they ask for, an instance or a template. */
export type PartyGroup = { readonly team: string | undefined; readonly size: number };

export type PartyKind = {
  readonly kind: number;
  readonly size: number;
  /** One, unless the players ask for different teams. */
  readonly groups: readonly PartyGroup[];
};

export interface PartyKinds {
  /** The kind of a ticket with these players. */
  kindOf(players: readonly JudgedPlayer[]): PartyKind;
  get(kind: number): PartyKind;
  readonly size: number;
  /** Teams that some kind asks for, or a rule names. Grows; recipes that were worked out before are then out of date. */
  readonly named: ReadonlySet<string>;
}

/** `namedByRules`: instances that rules name. */
export function createPartyKinds(namedByRules: Iterable<string>): PartyKinds {
  const kinds: PartyKind[] = [];
  const plain: (PartyKind | undefined)[] = [];
  const byKey = new Map<string, PartyKind>();
  const named = new Set<string>(namedByRules);
  const add = (groups: readonly PartyGroup[]): PartyKind => {
    const size = groups.reduce((sum, group) => sum + group.size, 0);
    const kind = { kind: kinds.length, size, groups };
    kinds.push(kind);
    for (const { team } of groups) if (team !== undefined) named.add(team);
    return kind;
  };
  return {
    kindOf(players) {
      if (players.every(asksForNothing)) {
        const known = plain[players.length] ?? add([{ team: undefined, size: players.length }]);
        plain[players.length] = known;
        return known;
      }
      const groups = groupsByTeam(players).map(({ team, players: members }) => ({ team, size: members.length }));
      const key = JSON.stringify(groups);
      const known = byKey.get(key) ?? add(groups);
      byKey.set(key, known);
      return known;
    },
    get(kind) {
      const known = kinds[kind];
      if (!known) throw new RangeError(`no party kind ${kind}`);
      return known;
    },
    get size() {
      return kinds.length;
    },
    named,
  };
}

function asksForNothing({ team }: JudgedPlayer): boolean {
  return team === undefined;
}
