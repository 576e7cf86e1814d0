// Join tokens as a part of a running matcher: who writes them, who reads them, and the keys.
import { openToken } from "@muster/kit/signed-token";
import type { WriteJoinToken } from "../core/join-tokens/join-book.ts";
import type { Workshop } from "../workshop.ts";
import { type JoinWebKey, publishedKeys } from "./join-key-set.ts";
import { type JoinKeyPatience, keepJoinKeys } from "./keep-join-keys.ts";
import type { VerifyToken } from "./read-join-token.ts";
import { createJoinTokenWriter } from "./write-join-token.ts";

export type JoinTokenOptions = {
  /** By which tokens are verified that are redeemed. Default: Node's own. */
  readonly verify?: VerifyToken;
  /** How long a key signs. Default: thirty days. */
  readonly patience?: JoinKeyPatience;
};

export interface JoinTokens extends AsyncDisposable {
  readonly project: string;
  readonly write: WriteJoinToken;
  readonly verify: VerifyToken;
  /** By which tokens are verified: for everybody to see. */
  readonly publicKeys: () => Promise<readonly JoinWebKey[]>;
}

/** There is a key to sign with when this resolves. */
export async function openJoinTokens(
  workshop: Workshop,
  { project, verify = openToken, patience }: JoinTokenOptions & { readonly project: string },
): Promise<JoinTokens> {
  const { ledger } = workshop;
  const keeping = await keepJoinKeys(workshop, patience);
  return {
    project,
    write: createJoinTokenWriter(ledger.state.joins, project),
    verify,
    publicKeys: () => ledger.read(({ joins }, nowMs) => publishedKeys(joins, nowMs)),
    [Symbol.asyncDispose]: () => keeping[Symbol.asyncDispose](),
  };
}
