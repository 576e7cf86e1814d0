// Requests as JSON, as a caller over HTTP writes them by hand: refused by the field, or taken as what was written, and the same
// again after a journey as JSON and as bytes.
import * as fleet from "@muster/proto/fleet";
import { type JsonMessageType, readJsonMessage, writeJsonMessage } from "@muster/proto/http";
import * as sdk from "@muster/proto/sdk";
import fc from "fast-check";
import { checkPrototypes, checkRefusal } from "../clean-refusal.ts";
import { Finding } from "../finding.ts";
import { jsonInput, textOf } from "../json-input.ts";
import { withoutBlock } from "../loop-block.ts";
import { defineTarget } from "../target.ts";

type Sample = { readonly type: string; readonly json: object };

const samples: readonly Sample[] = [
  {
    type: "WatchRequest",
    json: { sdkName: "a", sdkVersion: "1", sdkLanguage: "b", resumeAfter: { bs_1: 7, bs_2: 9 } },
  },
  { type: "ProcessReadyRequest", json: { ports: { game: 7500, query: 7501 }, concurrentSessions: 3 } },
  { type: "AcceptPlayerSessionRequest", json: { playerSessionId: "ps_1", requestId: "r1", reconnectSecret: "rc_1" } },
  { type: "DescribePlayerSessionsRequest", json: { battleSessionId: "bs_1", state: "ACTIVE" } },
  { type: "ReportCustomDataRequest", json: { battleSessionId: "bs_1", currentCount: 3, maxCount: 2_147_483_647 } },
  { type: "UpdatePlayerSessionCreationPolicyRequest", json: { battleSessionId: "bs_1", creationPolicy: "DENY_ALL" } },
  {
    type: "StartBackfillRequest",
    json: { battle_session_id: "bs_1", strategy: "BACKFILL_STRATEGY_CUSTOM", addPlayers: { red: 1 }, replace: true },
  },
  { type: "ReportHealthRequest", json: { checkId: "check_1", healthy: true } },
  {
    type: "StartPlacementRequest",
    json: {
      ...{
        placementId: "match_1.1",
        queue: "q",
        capacity: 8,
        teams: [{ name: "red", capacity: 4 }],
        capabilityKey: "AQID",
      },
      players: [
        { playerId: "ann", attributes: { skill: 1.5, modes: ["ctf"], ratings: { ctf: 3 } }, latenciesMs: { eu: 20 } },
      ],
      properties: { map: "dust" },
    },
  },
];
const types = { ...sdk, ...fleet } as unknown as Readonly<Record<string, JsonMessageType>>;
const words = [
  ...samples.flatMap(({ json }) => Object.keys(json)),
  "__proto__",
  "ACTIVE",
  "UNSPECIFIED",
  2 ** 31,
  -1,
  1.5,
  true,
  "7",
];

export const jsonMessages = defineTarget({
  name: "json-messages",
  about: "requests as JSON, as callers over HTTP write them",
  input: fc
    .constantFrom(...samples)
    .chain(({ type, json }) =>
      fc.record({ type: fc.constant(type), text: jsonInput(fc.constant(json), words).map(textOf) }),
    ),
  open: async () => ({
    async attempt({ type: name, text }) {
      const type = types[name];
      const json = parse(text);
      if (!type || json === undefined) return;
      const message = await withoutBlock(() => tryRead(type, json));
      checkPrototypes();
      if (message === undefined) return;
      const written = writeJsonMessage(type, message);
      const again = writeJsonMessage(type, readJsonMessage(type, JSON.parse(written)));
      if (again !== written) throw new Finding(`What was read as ${written} is ${again} after a journey`);
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }),
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tryRead(type: JsonMessageType, json: unknown): unknown {
  try {
    return readJsonMessage(type, json);
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}
