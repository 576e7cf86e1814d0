import { expect, test } from "vitest";
import { statusOf } from "./status-of.ts";

const rows = [
  { reason: "CONFIGURATION_NOT_FOUND", code: "NOT_FOUND", metadata: {}, status: 400, field: "mode" },
  {
    reason: "FIELD_INVALID",
    code: "INVALID_ARGUMENT",
    metadata: { field: "players[0].player_id" },
    status: 400,
    field: "player",
  },
  {
    reason: "ATTRIBUTE_INVALID",
    code: "INVALID_ARGUMENT",
    metadata: { field: "players[0].attributes.skill" },
    status: 400,
    field: "skill",
  },
  { reason: "PLAYER_ALREADY_QUEUED", code: "ALREADY_EXISTS", metadata: {}, status: 409, field: undefined },
  { reason: "ID_REUSED", code: "ALREADY_EXISTS", metadata: {}, status: 409, field: undefined },
  { reason: "TICKET_NOT_FOUND", code: "NOT_FOUND", metadata: { field: "ticket_ids" }, status: 404, field: undefined },
  { reason: "POOL_FULL", code: "RESOURCE_EXHAUSTED", metadata: { limit: "1" }, status: 429, field: undefined },
  { reason: "PEER_UNREACHABLE", code: "UNAVAILABLE", metadata: {}, status: 503, field: undefined },
  { reason: "A_NEWER_REASON", code: "UNHEARD_OF", metadata: {}, status: 500, field: undefined },
] as const;
for (const { status, field, ...fault } of rows) {
  test(`statusOf() makes ${fault.reason} a ${status}`, () => expect(statusOf(fault)).toEqual({ status, field }));
}
