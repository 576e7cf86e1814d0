// Versions of rule sets and configurations: each put that says something new makes the next one of its name.
import { MusterError } from "@muster/proto";
import type { RuleSet } from "@muster/rules";
import type { Configuration } from "./configuration.ts";

export type Version = {
  /** From 1. */
  readonly version: number;
  /** Wall clock of the put, for display. */
  readonly putAtWallMs: number;
  /** Tickets that arrived as this one or later play by it. 1: all tickets do. */
  readonly fromArrival: number;
};

export type RuleSetVersion = Version & { readonly document: string; readonly ruleSet: RuleSet };
export type ConfigurationVersion = Configuration & Version;

/** The present version, and those that tickets of before still play by, the newest first. */
export type Held<AnyVersion extends Version> = AnyVersion & {
  readonly older: readonly AnyVersion[];
  /** Digest of what a file last put under the name: while the file says so, what calls have put since stays. Undefined: no file did. */
  readonly filed?: string | undefined;
};
export type HeldRuleSet = Held<RuleSetVersion>;
export type HeldConfiguration = Held<ConfigurationVersion>;

/** By what a match or a fill was formed. */
export type FormedBy = {
  readonly configurationVersion: number;
  readonly ruleSet: string;
  readonly ruleSetVersion: number;
};

/** Deleted names whose last version is remembered, so that a name counts on when it comes again. The oldest is forgotten first. */
export const DELETED_NAMES_MAX = 1_000;

/** The version that a put of `name` makes. `deleted`: last versions of names that are there no more. */
export function nextVersion(
  name: string,
  { held, deleted }: { readonly held: Version | undefined; readonly deleted: ReadonlyMap<string, number> },
): number {
  return (held?.version ?? deleted.get(name) ?? 0) + 1;
}

/** The version that a ticket plays by that arrived as number `arrival`. */
export function versionFor<AnyVersion extends Version>(held: Held<AnyVersion>, arrival: number): AnyVersion {
  if (arrival >= held.fromArrival) return held;
  return held.older.find((version) => arrival >= version.fromArrival) ?? held.older.at(-1) ?? held;
}

/** All versions that tickets may play by, the newest first. */
export function versionsOf<AnyVersion extends Version>(held: Held<AnyVersion>): readonly AnyVersion[] {
  return [held, ...held.older];
}

/**
 * `held` as it is among the older ones of what follows it, with those before it: no more of them than tickets since
 * `oldestArrival` may play by.
 */
export function olderOf<AnyVersion extends Version>(
  { older, filed: _, ...present }: Held<AnyVersion>,
  { oldestArrival, untilArrival }: { readonly oldestArrival: number; readonly untilArrival: number },
): readonly AnyVersion[] {
  // The cast puts back together what the pattern has taken apart.
  const all = [present as unknown as AnyVersion, ...older];
  return all.filter((_, index) => {
    const until = index === 0 ? untilArrival : (all[index - 1]?.fromArrival ?? 0);
    return until > oldestArrival;
  });
}

/** Takes the name out of `held`, its last version into `deleted`. */
export function retire(name: string, held: Map<string, Version>, deleted: Map<string, number>): void {
  const present = held.get(name);
  if (!present) return;
  held.delete(name);
  deleted.set(name, present.version);
  const [oldest] = deleted.keys();
  if (deleted.size > DELETED_NAMES_MAX && oldest !== undefined) deleted.delete(oldest);
}

/** @throws {MusterError} VERSION_STALE unless `expected` is undefined or the version of `present`; 0 expects that there is none. */
export function checkVersion(
  what: string,
  { present, expected }: { readonly present: Version | undefined; readonly expected: number | undefined },
): void {
  const version = present?.version ?? 0;
  if (expected === undefined || expected === version) return;
  const why = `Cannot change ${what} as version ${expected} was expected: ${version === 0 ? "there is none" : `it is ${version}`}`;
  throw new MusterError("VERSION_STALE", why, { metadata: { version: String(version) } });
}
