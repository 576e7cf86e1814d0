import { signingKeyOf, signToken } from "@muster/kit/signed-token";
import { expect, test } from "vitest";
import { reasonOf } from "../../scripted-game.fixture.ts";
import { createJoinTokenVerifier, type JoinTokenVerifierOptions } from "./verify-join-tokens.ts";

const URL = "http://matcher/.well-known/jwks.json";
const EXPIRES_S = 2_000;
const [one, other] = [1, 2].map((byte) => signingKeyOf(new Uint8Array(32).fill(byte)));
const jwk = (kid: string, key = one) => ({ kty: "OKP", crv: "Ed25519", kid, x: key?.publicKey });
const claims = {
  ...{ iss: "muster:default", aud: "casual", sub: "ann", jti: "j", iat: 1_940, exp: EXPIRES_S },
  ...{ matchId: "match_1", ticketId: "t-ann", configuration: "casual", team: "red" },
};
function tokenOf(more: object = {}, keyId = "jk_1", key = one): string {
  return key ? signToken({ ...claims, ...more }, { keyId, key: key.privateKey }) : "";
}

/** A verifier at a wall clock of its own, and what it fetched. */
function createDoor(options: Partial<JoinTokenVerifierOptions> = {}) {
  const at = { wallMs: 1_990_000, keys: [jwk("jk_1")] as readonly object[], fetched: 0, isAway: false };
  const verifier = createJoinTokenVerifier({
    ...{ keys: URL, audience: "casual", clock: { wallMs: () => at.wallMs } },
    async fetchKeys(url) {
      expect(url).toBe(URL);
      at.fetched += 1;
      if (at.isAway) throw new Error("away");
      return { keys: at.keys };
    },
    ...options,
  });
  return { at, verify: verifier.verify };
}

const ann = {
  ...{ playerId: "ann", matchId: "match_1", ticketId: "t-ann", configuration: "casual", team: "red" },
  ...{ expiresAt: new Date(EXPIRES_S * 1_000), tokenId: "j" },
};

const rows = [
  { name: "of the match", token: tokenOf(), matchId: "match_1" },
  { name: "of another match", token: tokenOf(), matchId: "match_2", reason: "JOIN_TOKEN_OF_OTHER_MATCH" },
  { name: "a little late", token: tokenOf(), wallMs: 2_004_999 },
  { name: "too late", token: tokenOf(), wallMs: 2_005_000, reason: "JOIN_TOKEN_EXPIRED" },
  { name: "for another audience", token: tokenOf({ aud: "ranked" }), reason: "JOIN_TOKEN_INVALID" },
  { name: "of another project", token: tokenOf({ iss: "muster:arena" }), reason: "JOIN_TOKEN_INVALID" },
  { name: "signed by another key", token: tokenOf({}, "jk_1", other), reason: "JOIN_TOKEN_INVALID" },
  { name: "of a key that is not there", token: tokenOf({}, "jk_9"), reason: "JOIN_TOKEN_INVALID" },
  { name: "without an end", token: tokenOf({ exp: "never" }), reason: "JOIN_TOKEN_INVALID" },
  { name: "without a player", token: tokenOf({ sub: undefined }), reason: "JOIN_TOKEN_INVALID" },
  { name: "that is none", token: "ps_1", reason: "JOIN_TOKEN_INVALID" },
];
for (const { name, token, matchId, wallMs, reason } of rows) {
  test(`verify() ${reason === undefined ? "takes" : `refuses with ${reason}`} a token ${name}`, async () => {
    const { at, verify } = createDoor();
    at.wallMs = wallMs ?? at.wallMs;
    const verified = verify(token, matchId === undefined ? {} : { matchId });
    if (reason === undefined) expect(await verified).toEqual(ann);
    else expect(await reasonOf(verified)).toBe(reason);
  });
}

test("verify() fetches keys once for many, again for one that is new, and not again and again for one that is none", async () => {
  const { at, verify } = createDoor();
  await Promise.all([verify(tokenOf()), verify(tokenOf()), verify(tokenOf())]);
  expect(at.fetched).toBe(1);
  at.keys = [jwk("jk_1"), jwk("jk_2", other)];
  expect(await reasonOf(verify(tokenOf({}, "jk_2", other)))).toBe("JOIN_TOKEN_INVALID"); // It has looked just now.
  at.wallMs += 30_000;
  const late = { exp: EXPIRES_S + 10_000 };
  expect(await verify(tokenOf(late, "jk_2", other))).toMatchObject({ playerId: "ann" });
  for (let times = 0; times < 20; times += 1) await reasonOf(verify(tokenOf(late, `jk_none${times}`)));
  expect(at.fetched).toBe(2);
  at.wallMs += 600_000;
  at.isAway = true;
  expect(await verify(tokenOf(late))).toMatchObject({ playerId: "ann" }); // By the keys of before.
  expect(await reasonOf(verify(tokenOf(late, "jk_3")))).toBe("PEER_UNREACHABLE");
});

test("a verifier takes keys that it is given, and refuses what are none", async () => {
  const keys = { keys: [jwk("jk_1"), { kty: "RSA", kid: "x" }, { ...jwk("short"), x: "AA" }] };
  expect(await createDoor({ keys, audience: ["ranked", "casual"] }).verify(tokenOf())).toEqual(ann);
  expect(() => createDoor({ keys: {} as never })).toThrow(expect.objectContaining({ reason: "FIELD_INVALID" }));
});
