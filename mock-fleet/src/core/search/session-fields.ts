// What filters and sorts may ask of a session: the words, what kind of value each has, and where it is found.
import type { BattleSession } from "@muster/proto";
import type { ServerProcess } from "../process.ts";

/** A session that is searched, with the process that runs it. */
export type Searched = { readonly battle: BattleSession; readonly process: ServerProcess };

export type SessionValue = string | number | boolean;

export type SessionField = {
  readonly kind: "text" | "number" | "truth";
  /** Undefined: the session has no such value. */
  readonly read: (searched: Searched) => SessionValue | undefined;
};

const fields: Readonly<Record<string, SessionField>> = {
  name: { kind: "text", read: ({ battle }) => battle.name },
  battleSessionId: { kind: "text", read: ({ battle }) => battle.battleSessionId },
  fleet: { kind: "text", read: ({ battle }) => battle.fleet },
  region: { kind: "text", read: ({ battle }) => battle.region },
  configuration: { kind: "text", read: ({ battle }) => battle.configuration },
  matchId: { kind: "text", read: ({ battle }) => battle.matchId },
  capacity: { kind: "number", read: ({ battle }) => battle.capacity },
  createdAtMs: { kind: "number", read: ({ battle }) => battle.createdAtMs },
  playerSessionCount: { kind: "number", read: ({ battle }) => battle.playerSessions.length },
  currentCount: { kind: "number", read: ({ battle }) => battle.customData?.currentCount },
  maxCount: { kind: "number", read: ({ battle }) => battle.customData?.maxCount },
  hasAvailablePlayerSessions: { kind: "truth", read: takesOneMore },
};

/** The same in the words of GSE, as its users have them in their programs. */
const otherWords: Readonly<Record<string, string>> = {
  gameServerSessionName: "name",
  gameServerSessionId: "battleSessionId",
  maximumSessions: "capacity",
  creationTimeMillis: "createdAtMs",
};

const PROPERTY = /^(?:properties|gameServerSessionProperties)\.(?<key>.+)$/s;

/** Every word but those of properties, for messages. */
export const fieldNames: readonly string[] = Object.keys(fields);

/** The field of that word; undefined if there is none. */
export function findSessionField(word: string): SessionField | undefined {
  const key = PROPERTY.exec(word)?.groups?.key;
  if (key !== undefined) {
    return {
      kind: "text",
      read: ({ battle }) => (Object.hasOwn(battle.properties, key) ? battle.properties[key] : undefined),
    };
  }
  const name = Object.hasOwn(otherWords, word) ? (otherWords[word] ?? word) : word;
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Whether a player who comes now would be given a seat. */
function takesOneMore({ battle, process }: Searched): boolean {
  const { playerSessions, capacity, teams, creationPolicy, unreachable } = battle;
  if (playerSessions.length >= capacity || creationPolicy === "DENY_ALL") return false;
  if (unreachable || process.status.phase !== "READY") return false;
  if (teams.length === 0) return true;
  const used = new Map<string | undefined, number>();
  for (const { team } of playerSessions) used.set(team, (used.get(team) ?? 0) + 1);
  return teams.some((team) => (used.get(team.name) ?? 0) < team.capacity);
}
