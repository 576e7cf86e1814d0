// Join tokens, verified by whoever hosts the match: by the matcher's public keys, without asking it of each player.
import { type Clock, systemClock } from "@muster/kit";
import { keyIdOf, openToken } from "@muster/kit/signed-token";
import { MusterError } from "@muster/proto";
import { fetchKeySet, type JoinKeySet, readKeySet } from "./key-set.ts";

/** Who a token lets in. */
export type JoinedPlayer = {
  readonly playerId: string;
  readonly matchId: string;
  readonly ticketId: string;
  readonly configuration: string;
  /** Undefined: the rule set has none. */
  readonly team: string | undefined;
  readonly expiresAt: Date;
  /** `jti`: the same for every copy of the token. */
  readonly tokenId: string;
};

export type JoinTokenVerifierOptions = {
  /** The matcher's `/.well-known/jwks.json`, or the keys themselves. */
  readonly keys: string | JoinKeySet;
  /** `aud` that counts: the configuration's name, or its `joinTokens.audience`. Several: any of them. */
  readonly audience: string | readonly string[];
  /** Whose tokens count. Default: `default`. */
  readonly project?: string;
  /** How long a token counts beyond its time, for clocks that differ, in ms. Default 5,000. */
  readonly toleranceMs?: number;
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, "wallMs">;
  /** Fetches what is at the URL, as JSON. Default: by `fetch`, within 5 s. */
  readonly fetchKeys?: (url: string) => Promise<unknown>;
};

export interface JoinTokenVerifier {
  /**
   * Whom the token lets into the match. It may be shown twice: what is to count once goes through `redeemJoinToken()` of the matcher.
   *
   * @throws {MusterError} JOIN_TOKEN_INVALID, JOIN_TOKEN_EXPIRED, JOIN_TOKEN_OF_OTHER_MATCH; PEER_UNREACHABLE if the keys cannot be had.
   */
  verify(token: string, match?: { readonly matchId?: string }): Promise<JoinedPlayer>;
}

/** How long fetched keys are taken as they are, and the least time between two looks for a key that is not among them, in ms. */
const KEYS_FRESH_MS = 600_000;
const LOOK_AGAIN_MS = 30_000;
const TOLERANCE_MS_DEFAULT = 5_000;

/**
 * A verifier that fetches the keys when they are first needed, every ten minutes, and for a key that is new. Keep it: one for all players.
 *
 * @throws {MusterError} FIELD_INVALID for keys that are no key set.
 * @example
 * const verifier = createJoinTokenVerifier({ keys: "https://matcher.example/.well-known/jwks.json", audience: "casual" });
 * const { playerId, team } = await verifier.verify(token, { matchId });
 */
export function createJoinTokenVerifier(options: JoinTokenVerifierOptions): JoinTokenVerifier {
  const { keys: source, project = "default", clock = systemClock, toleranceMs = TOLERANCE_MS_DEFAULT } = options;
  const fetchKeys = options.fetchKeys ?? fetchKeySet;
  const audiences = typeof options.audience === "string" ? [options.audience] : options.audience;
  let held: ReadonlyMap<string, string> = typeof source === "string" ? new Map() : readKeySet(source);
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const refresh = (url: string): Promise<void> => {
    const fetched = async () => {
      held = readKeySet(await fetchKeys(url));
      fetchedAtMs = clock.wallMs();
    };
    fetching ??= fetched().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  const findKey = async (keyId: string): Promise<string | undefined> => {
    if (typeof source !== "string") return held.get(keyId);
    const age = Math.abs(clock.wallMs() - fetchedAtMs);
    const isKnown = held.has(keyId);
    if (age < (isKnown ? KEYS_FRESH_MS : LOOK_AGAIN_MS)) return held.get(keyId);
    try {
      await refresh(source);
    } catch (error) {
      if (isKnown) return held.get(keyId); // Players come in while the matcher is away.
      const why = `Cannot verify a join token as the keys at ${source} cannot be had`;
      throw new MusterError("PEER_UNREACHABLE", why, { cause: error });
    }
    return held.get(keyId);
  };
  return {
    async verify(token, { matchId: hosted } = {}) {
      const keyId = keyIdOf(token);
      const key = keyId === undefined ? undefined : await findKey(keyId);
      if (key === undefined) throw invalid(keyId === undefined ? "it has another form" : "its key is not there");
      const { iss, aud, sub, jti, exp, matchId, ticketId, configuration, team } = openToken(token, key) ?? {};
      if (iss === undefined) throw invalid("the key that it names did not sign it");
      if (iss !== `muster:${project}`) throw invalid("it is of another project");
      if (!audiences.some((one) => one === aud)) throw invalid("it is for another audience");
      const texts = [sub, jti, matchId, ticketId, configuration].map((value) => {
        if (typeof value === "string") return value;
        throw invalid("it does not say whom it lets in");
      });
      if (typeof exp !== "number") throw invalid("it has no end");
      const [playerId = "", tokenId = "", match = "", ticket = "", named = ""] = texts;
      const metadata = { matchId: match, ticketId: ticket };
      if (hosted !== undefined && hosted !== match) {
        const why = `Cannot let a player in as the join token is of ${match}: this is ${hosted}`;
        throw new MusterError("JOIN_TOKEN_OF_OTHER_MATCH", why, { metadata });
      }
      if (clock.wallMs() >= exp * 1_000 + toleranceMs) {
        const why = `Cannot let a player in as the join token of ${match} is over`;
        throw new MusterError("JOIN_TOKEN_EXPIRED", why, { metadata });
      }
      return {
        ...{ playerId, tokenId, matchId: match, ticketId: ticket, configuration: named },
        ...{ team: typeof team === "string" ? team : undefined, expiresAt: new Date(exp * 1_000) },
      };
    },
  };
}

function invalid(present: string): MusterError {
  return new MusterError(
    "JOIN_TOKEN_INVALID",
    `Cannot let a player in as the join token does not prove it: ${present}`,
  );
}
