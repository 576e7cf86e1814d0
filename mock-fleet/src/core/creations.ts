// Who had which sessions created when: what one creator may create in a while is counted here.
import type { BattleSession, ServerSessionId } from "@muster/proto";
import { nameIn } from "./project.ts";

/** By `creatorKey`: when each session that is still remembered was created, in ms of journal time, oldest first. */
export type Creations = ReadonlyMap<string, ReadonlyMap<ServerSessionId, number>>;
/** The same as the fold writes it. */
export type CreationsFold = Map<string, Map<ServerSessionId, number>>;

/** No fleet's name has a space; that of a fleet in a project has the project before it. */
export function creatorKey(fleet: string, creatorId: string): string {
  return `${fleet} ${creatorId}`;
}

type Created = Pick<BattleSession, "battleSessionId" | "fleet" | "creatorId">;

/** What counts of a session that was made for the placement: creators of one name in two projects are two. */
export function creationOf(
  { battleSessionId, fleet, creatorId }: Created,
  placement: { readonly request: { readonly project?: string | undefined } } | undefined,
): Created {
  return { battleSessionId, fleet: nameIn(placement?.request.project, fleet), creatorId };
}

/** Counts a session that was made at `atMs`, if somebody had it created. */
export function noteCreation(
  creations: CreationsFold,
  { battleSessionId, fleet, creatorId }: Created,
  atMs: number,
): void {
  if (creatorId === undefined) return;
  const key = creatorKey(fleet, creatorId);
  const ofCreator = creations.get(key) ?? new Map<ServerSessionId, number>();
  ofCreator.set(battleSessionId, atMs);
  creations.set(key, ofCreator);
}

/** Counts the session no more. */
export function forgetCreation(creations: CreationsFold, { battleSessionId, fleet, creatorId }: Created): void {
  if (creatorId === undefined) return;
  const key = creatorKey(fleet, creatorId);
  const ofCreator = creations.get(key);
  ofCreator?.delete(battleSessionId);
  if (ofCreator?.size === 0) creations.delete(key);
}

/** Counts nothing of the creator any more, on any fleet. */
export function forgetCreator(creations: CreationsFold, creatorId: string): void {
  for (const key of creations.keys()) if (key.slice(key.indexOf(" ") + 1) === creatorId) creations.delete(key);
}
