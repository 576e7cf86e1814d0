// What is seen of a guarded matcher: the only input of its checkers.
import type { MatcherFact } from "@muster/matcher/testing";
import type { Role } from "@muster/proto/rpc";

/** A key that counts, as the world itself gave it out. `project` "*": every one. */
export type GivenKey = {
  readonly key: string;
  readonly name: string;
  readonly role: Role;
  readonly project: string;
};

/** One arrival of a call at the door. A copy of a message is an arrival of its own. */
export type Visit = {
  readonly id: string;
  /** What it carries; "": nothing. */
  readonly key: string;
  /** The project that it says it speaks for. */
  readonly says: string | undefined;
  readonly method: string;
  readonly isStream: boolean;
  readonly request: unknown;
};

export type Seen = { readonly atMs: number } /** From now on these keys count, and no others. */ & (
  | { readonly type: "keys"; readonly keys: readonly GivenKey[] }
  | { readonly type: "arrived"; readonly visit: Visit }
  /** The guard let it through, as somebody of a project. */
  | {
      readonly type: "reached";
      readonly visit: Visit;
      readonly role: string | undefined;
      readonly project: string | undefined;
    }
  /** A message of its stream, or its one answer. */
  | { readonly type: "told"; readonly visit: Visit; readonly message: unknown }
  /** `reason` undefined: it ended well. */
  | {
      readonly type: "left";
      readonly visit: Visit;
      readonly reason: string | undefined;
      readonly metadata: Readonly<Record<string, string>>;
    }
  /** Durable, in the partition of that project. */
  | { readonly type: "fact"; readonly project: string; readonly fact: MatcherFact }
  /** Nobody calls any more, and nothing is under way. */
  | { readonly type: "quiet" }
);
