import { parseId, type ServerSessionId, writeBattleSession } from "@muster/proto";
import type { CreateServerSessionRequest, CreateServerSessionResponse } from "@muster/proto/fleet";
import { CreationPolicy, ProtectionPolicy } from "@muster/proto/session";
import { createSession, type SessionCreation } from "../core/create-session.ts";
import { getSession } from "../core/fill.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { atMost, readSetting } from "./field.ts";
import { readSessionWishes } from "./placement-wire.ts";
import { sessionAtWall } from "./wall-time.ts";

/** GSE's limit. */
const TOKEN_CHARS_MAX = 48;
const CREATOR_CHARS_MAX = 1_024;
/** Of sessions that nobody watches for himself. */
const OWNER_NONE = "direct";

/** Starts a session on a fleet; answers with it as it stands, a repeat too. Reasons: the .proto. */
export async function createServerSession(
  app: FleetApp,
  message: CreateServerSessionRequest,
): Promise<CreateServerSessionResponse> {
  const creation = { ...readCreation(message), project: app.viewer?.project };
  const asked = { creation, bodyDigest: bodyDigest(creation) };
  const sessionId = await app.runner.decide((state, moment) => createSession(state, asked, moment));
  const battle = await app.runner.read((state) => getSession(state, sessionId).battle);
  return { session: writeBattleSession(sessionAtWall(battle, app.runner.wallOf)) };
}

function readCreation(message: CreateServerSessionRequest): SessionCreation {
  return {
    fleet: parseId("fleet", message.fleet),
    ...readSessionWishes(message),
    creationPolicy: readSetting("creation_policy", CreationPolicy, message.creationPolicy) ?? "ACCEPT_ALL",
    protection: readSetting("protection", ProtectionPolicy, message.protection),
    creatorId: atMost("creator_id", message.creatorId, CREATOR_CHARS_MAX) || undefined,
    sessionId: optional(message.battleSessionId, (id) => parseId<ServerSessionId>("battle_session_id", id)),
    idempotencyToken: optional(message.idempotencyToken, readToken),
    owner: optional(message.owner, (owner) => parseId("owner", owner)) ?? OWNER_NONE,
  };
}

function readToken(token: string): string {
  return parseId("idempotency_token", atMost("idempotency_token", token, TOKEN_CHARS_MAX));
}

function optional<Value>(text: string, read: (text: string) => Value): Value | undefined {
  return text === "" ? undefined : read(text);
}
