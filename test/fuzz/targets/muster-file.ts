// muster.json: whatever stands in it, matcher and fleet read their sections or refuse them with the path of what is wrong.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMatcherConfig } from "@muster/matcher";
import { parseFleetConfig } from "@muster/mock-fleet";
import { readMusterFile } from "@muster/service";
import fc from "fast-check";
import { checkPrototypes } from "../clean-refusal.ts";
import { refusable } from "../config-refusal.ts";
import { jsonInput, textOf } from "../json-input.ts";
import { withoutBlock } from "../loop-block.ts";
import { ruleSetDocuments } from "../rule-set-documents.ts";
import { defineTarget } from "../target.ts";

const good = {
  $schema: "muster.schema.json",
  fleets: [
    {
      ...{ name: "eu", region: "eu-west", command: ["node", "main.ts"], cwd: "..", env: { A: "b" }, processes: 2 },
      ...{
        concurrentSessions: 1,
        ports: [{ name: "game", protocol: "udp" }],
        portRange: "7500-7549",
        host: "127.0.0.1",
      },
      ...{ readyTimeoutSeconds: 10, activationTimeoutSeconds: 10, hosting: "REUSABLE" },
      ...{ reservationSeconds: 20, disconnectGraceSeconds: 15 },
    },
    { name: "us", command: ["node"], portRange: "7550-7599" },
  ],
  queues: [{ name: "arena", destinations: ["eu", "us"], timeoutSeconds: 60 }],
  fleetSettings: { hostSilentAfterMs: 3_000, hostLostAfterMs: 12_000, health: { intervalMs: 5_000 } },
  ruleSets: { arena: ruleSetDocuments[0] },
  configurations: [
    {
      ...{ name: "arena", ruleSet: "arena", queue: "arena", requestTimeoutSeconds: 60, autoBackfill: true },
      ...{ settleMs: 2_000, properties: { map: "dust" }, data: "x", placementRetries: 2 },
    },
  ],
  companions: [{ name: "backend", command: ["node"], readyUrl: "http://127.0.0.1:7400/healthz" }],
};
const words = ["eu", "us", "arena", "ONE_SHOT", "7500-70000", "1-2", 0, 1, 1_000, 86_400, [], {}, "."];

export const musterFile = defineTarget({
  name: "muster-file",
  about: "muster.json as the matcher and the fleet read it",
  input: jsonInput(fc.constant(good), words),
  async open() {
    const folder = await mkdtemp(join(tmpdir(), "muster-fuzz-"));
    const path = join(folder, "muster.json");
    return {
      async attempt(input) {
        await writeFile(path, textOf(input));
        const file = await refusable(() => readMusterFile(path));
        if (!file) return;
        await refusable(() => withoutBlock(() => parseFleetConfig(file)));
        await refusable(() => readMatcherConfig(file));
        checkPrototypes();
      },
      async [Symbol.asyncDispose]() {
        await rm(folder, { recursive: true });
      },
    };
  },
});
