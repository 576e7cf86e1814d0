// JoinTokenService: its handlers, a few lines each.
import { signingKeyOf } from "@muster/kit/signed-token";
import { fieldInvalid, type JoinKeyId, type MatchId, newId, parseId, writeEnum } from "@muster/proto";
import { type JoinKey as JoinKeyMessage, JoinKeyState, JoinTokenServiceDefinition } from "@muster/proto/matchmaking";
import { type Implementation, implement } from "@muster/proto/rpc";
import { decideAddKey, decideRevokeKey } from "../../core/join-tokens/decide-keys.ts";
import { decideRedeem } from "../../core/join-tokens/decide-redeem.ts";
import { type JoinBook, type JoinKey, stateOfKey } from "../../core/join-tokens/join-book.ts";
import { readJoinToken } from "../../join-tokens/read-join-token.ts";
import { decide } from "../../workshop.ts";
import type { Desk } from "../desk.ts";

/** A day: longer than servers keep what they fetched. */
const DELAY_SECONDS_MAX = 86_400;

export function joinTokenService(desk: Desk): Implementation {
  const { ledger, random, clock } = desk;
  const show = (key: JoinKeyId) =>
    ledger.read(({ joins }, nowMs) => {
      const held = joins.keys.get(key);
      return held && writeKey(joins, held, nowMs);
    });
  return implement(JoinTokenServiceDefinition, {
    async redeemJoinToken({ token, matchId, requestId }) {
      const hosted = matchId === "" ? undefined : parseId<MatchId>("match_id", matchId);
      if (requestId !== "") parseId("request_id", requestId);
      const claims = await readJoinToken(token, { book: ledger.state.joins, ...desk.joinTokens });
      const seat = await decide(desk, (state, nowMs) => {
        return decideRedeem(state, { claims, matchId: hosted, requestId }, { nowMs, wallMs: clock.wallMs() });
      });
      return { ...seat, team: seat.team ?? "" };
    },
    async listJoinKeys() {
      const keys = await ledger.read(({ joins }, nowMs) => {
        return [...joins.keys.values()].map((key) => writeKey(joins, key, nowMs));
      });
      return { keys };
    },
    async rotateJoinKey({ keyId: named, delaySeconds }) {
      if (delaySeconds < 0 || delaySeconds > DELAY_SECONDS_MAX) {
        throw fieldInvalid("delay_seconds", `0 to ${DELAY_SECONDS_MAX}`, delaySeconds);
      }
      const keyId = named === "" ? newId("join-key", random) : parseId<JoinKeyId>("key_id", named);
      const drawn = { keyId, secret: random.bytes(32), delayMs: delaySeconds * 1_000 };
      await decide(desk, (state, nowMs) => ({ facts: decideAddKey(state, drawn, nowMs), reply: undefined }));
      return { key: await show(keyId) };
    },
    async revokeJoinKey({ keyId: named }) {
      const keyId = parseId<JoinKeyId>("key_id", named);
      await decide(desk, (state, nowMs) => ({ facts: decideRevokeKey(state, keyId, nowMs), reply: undefined }));
      return {};
    },
  });
}

function writeKey(book: JoinBook, key: JoinKey, nowMs: number): JoinKeyMessage {
  return {
    keyId: key.keyId,
    state: writeEnum(JoinKeyState, stateOfKey(book, key, nowMs)),
    addedAt: new Date(key.addedAtWallMs),
    publicKey: signingKeyOf(key.secret).publicKey,
  };
}
