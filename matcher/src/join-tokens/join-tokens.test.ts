// Join tokens of a running matcher: who gets one, what it is worth, and that it counts once, whatever is killed meanwhile.

import { openToken, signingKeyOf, signToken } from "@muster/kit/signed-token";
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { configurationOf, createWorld, type World, worldConfig } from "../matcher-world.fixture.ts";
import { verifyByJose } from "./jose-verifier.ts";

const config = {
  ...worldConfig,
  configurations: [
    ...worldConfig.configurations,
    configurationOf({ name: "lan", queue: undefined, joinTokens: { lifetimeMs: 600_000, audience: "servers" } }),
    configurationOf({ name: "plain", queue: undefined, joinTokens: { lifetimeMs: 0 } }),
  ],
};

type Pair = readonly [string, string];

/** Two players who are matched by `configuration`, as their backend sees the first one's ticket. */
async function matched(world: World, configuration = "group", [one, other]: Pair = ["ann", "bob"]) {
  await world.queue(configuration, one);
  await world.queue(configuration, other);
  await world.clock.advance(100);
  const { assignment, matchId } = await world.ticket(`t-${one}`);
  const find = (name: string) => assignment?.players.find(({ playerId }) => playerId === name);
  return { matchId, token: find(one)?.joinToken ?? "", others: find(other)?.joinToken };
}

const redeem = (token: string, more: { matchId?: string; requestId?: string } = {}) => ({
  ...{ token, matchId: "", requestId: "", ...more },
});

test("each player of a match without a session gets a token, and nobody sees another ticket's", async () => {
  await using world = await createWorld({ config });
  const { matchId, token, others } = await matched(world);
  expect(others).toBeUndefined();
  const [key] = await world.joinKeys();
  expect(openToken(token, key?.x ?? "")).toEqual(await verifyByJose(token, key?.x ?? ""));
  const { jti, iat = 0, exp, ...claims } = decodeJwt(token);
  expect(claims).toEqual({
    ...{ iss: "muster:default", aud: "group", sub: "ann", matchId },
    ...{ ticketId: "t-ann", configuration: "group", project: "default", team: expect.stringMatching(/red|blue/) },
  });
  expect([jti?.length, exp]).toEqual([22, iat + 61]); // A part of a second counts as a whole one.
});

test("a token is the same whenever it is shown, after a restart too", async () => {
  await using world = await createWorld({ config, snapshotEveryFacts: 3 });
  const events = world.collect({ configuration: "group" });
  const { token } = await matched(world);
  const told = events.find(({ ticket }) => ticket?.ticketId === "t-ann" && ticket.assignment)?.ticket;
  expect(told?.assignment?.players.find(({ playerId }) => playerId === "ann")?.joinToken).toBe(token);
  await world.restart();
  const { assignment } = await world.ticket("t-ann");
  expect(assignment?.players.find(({ playerId }) => playerId === "ann")?.joinToken).toBe(token);
  const { tickets } = await world.matching.listTickets({
    ...{ configuration: "", states: [], playerId: undefined, pageSize: 0, pageToken: "" },
  } as never);
  expect(tickets.flatMap((ticket) => ticket.assignment?.players ?? []).filter((one) => one.joinToken)).toEqual([]);
});

test("a match with a session has no tokens, nor has a configuration that wants none", async () => {
  await using world = await createWorld({ config });
  expect((await matched(world, "plain")).token).toBe("");
  const { token } = await matched(world, "lan", ["cid", "dan"]);
  expect(decodeJwt(token)).toMatchObject({ aud: "servers", sub: "cid" });
});

test("a token counts once, and a repeat of the same request answers the same, after kill -9 too", async () => {
  await using world = await createWorld({ config, snapshotEveryFacts: 4 });
  const { token, matchId } = await matched(world);
  const request = redeem(token, { matchId, requestId: "door-1" });
  const answer = await world.joins.redeemJoinToken(request);
  expect(answer).toEqual({
    ...{ playerId: "ann", matchId, ticketId: "t-ann", configuration: "group" },
    team: expect.stringMatching(/red|blue/),
  });
  for (const round of ["before", "after"]) {
    expect(await world.joins.redeemJoinToken(request), round).toEqual(answer);
    for (const again of [redeem(token), redeem(token, { requestId: "door-2" })]) {
      await expect(world.joins.redeemJoinToken(again), round).rejects.toMatchObject({ reason: "JOIN_TOKEN_REDEEMED" });
    }
    await world.restart();
  }
});

test("what is wrong with a token is told by its reason, and uses nothing up", async () => {
  await using world = await createWorld({ config });
  const { token, matchId } = await matched(world);
  const foreign = signingKeyOf(new Uint8Array(32)).privateKey;
  const [{ kid = "" } = {}] = await world.joinKeys();
  const forged = signToken(decodeJwt(token), { keyId: kid, key: foreign });
  const unknown = signToken(decodeJwt(token), { keyId: "jk_none", key: foreign });
  const rows = [
    { request: redeem(forged), reason: "JOIN_TOKEN_INVALID" },
    { request: redeem(unknown), reason: "JOIN_TOKEN_INVALID" },
    { request: redeem("no token"), reason: "JOIN_TOKEN_INVALID" },
    { request: redeem(""), reason: "JOIN_TOKEN_INVALID" },
    { request: redeem("a".repeat(100_000)), reason: "JOIN_TOKEN_INVALID" },
    { request: redeem(token, { matchId: "match_other" }), reason: "JOIN_TOKEN_OF_OTHER_MATCH" },
    { request: redeem(token, { matchId: "not an id" }), reason: "ID_MALFORMED" },
    { request: redeem(token, { requestId: "not an id" }), reason: "ID_MALFORMED" },
  ];
  for (const { request, reason } of rows) {
    const refusal = await world.joins.redeemJoinToken(request).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ reason });
    if (request.token.length > 8) expect(String(refusal)).not.toContain(request.token.slice(0, 99));
  }
  await world.joins.redeemJoinToken(redeem(token, { matchId }));
});

test("a token ends with its time", async () => {
  await using world = await createWorld({ config });
  const { token } = await matched(world);
  await world.clock.advance(62_000);
  await expect(world.joins.redeemJoinToken(redeem(token))).rejects.toMatchObject({ reason: "JOIN_TOKEN_EXPIRED" });
});

test("a key that was rotated out verifies until its last token is over; one that is revoked does not", async () => {
  await using world = await createWorld({ config });
  const { token } = await matched(world);
  const old = decodeKid(token);
  const states = async () => {
    const { keys } = await world.joins.listJoinKeys({});
    return keys.map(({ keyId, state }) => [keyId, state]);
  };
  const { key } = await world.joins.rotateJoinKey({ keyId: "jk_next", delaySeconds: 10 });
  expect(await world.joins.rotateJoinKey({ keyId: "jk_next", delaySeconds: 10 })).toEqual({ key });
  expect(await states()).toEqual([
    [old, 2],
    ["jk_next", 1],
  ]);
  await expect(world.joins.revokeJoinKey({ keyId: old })).rejects.toMatchObject({ reason: "JOIN_KEY_SIGNS" });
  await world.clock.advance(10_000);
  expect(await states()).toEqual([
    [old, 3],
    ["jk_next", 2],
  ]);
  const next = await matched(world, "group", ["cid", "dan"]);
  expect(decodeKid(next.token)).toBe("jk_next");
  await world.joins.redeemJoinToken(redeem(token)); // Of the old key, still.
  const { token: late } = await matched(world, "lan", ["eve", "fay"]);
  await world.clock.advance(120_000);
  expect((await world.joinKeys()).map(({ kid }) => kid)).toEqual(["jk_next"]);
  await world.joins.rotateJoinKey({ keyId: "jk_third", delaySeconds: 0 });
  await world.joins.revokeJoinKey({ keyId: "jk_next" });
  await world.joins.revokeJoinKey({ keyId: "jk_next" });
  await expect(world.joins.redeemJoinToken(redeem(late))).rejects.toMatchObject({ reason: "JOIN_TOKEN_INVALID" });
  expect((await world.ticket("t-eve")).assignment?.players.map(({ joinToken }) => joinToken)).toEqual([
    undefined,
    undefined,
  ]);
});

test("a key signs for its time, and the next one is published before it signs", async () => {
  const hour = 3_600_000;
  await using world = await createWorld({ config, joinTokens: { patience: { everyMs: 2 * hour, delayMs: hour } } });
  await world.clock.advance(2 * hour + 700_000);
  expect((await world.joinKeys()).length).toBe(2);
  const states = async () => (await world.joins.listJoinKeys({})).keys.map(({ state }) => state);
  expect(await states()).toEqual([2, 1]);
  await world.clock.advance(hour);
  expect(await states()).toEqual([4, 2]);
  await expect(world.joins.rotateJoinKey({ keyId: "", delaySeconds: 86_401 })).rejects.toMatchObject({
    reason: "FIELD_INVALID",
  });
});

function decodeKid(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
}
