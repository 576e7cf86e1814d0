// /metrics as a monitoring system meets it: over HTTP, with a key where keys are asked for.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { serveHttp } from "@muster/proto/http";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import { implement } from "@muster/proto/rpc";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readMusterFile } from "../config/muster-file.ts";
import { silentLog } from "../log.ts";
import { serviceEnvironment } from "../service-environment.ts";
import { openFront } from "../serving/open-front.ts";

const keyOf = (role: string) => `canary-${role}-key-of-thirty-two-characters`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-metrics-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function open(roles: readonly string[]) {
  await using opened = new AsyncDisposableStack();
  for (const role of roles) await writeFile(join(folder, role), keyOf(role));
  const keys = roles.map((role) => ({ name: role.toLowerCase(), role, key: { file: role } }));
  await writeFile(join(folder, "muster.json"), JSON.stringify({ access: { keys } }));
  const file = await readMusterFile(join(folder, "muster.json"));
  const variables = readEnvironment(serviceEnvironment, {});
  const about = { service: "test", version: "1.2.3" };
  const front = opened.use(await openFront({ ...about, file, variables, env: {}, clock: systemClock, log: silentLog }));
  const refuse = () => Promise.reject(new MusterError("FAULT_NOT_FOUND", "Cannot find the fault"));
  const service = implement(MockFleetServiceDefinition, {
    ...{
      addFault: refuse,
      removeFault: refuse,
      advanceClock: refuse,
      restartServers: refuse,
      listFaults: async () => ({ faults: [] }),
    },
    async *readProcessLog() {
      yield { chunk: new Uint8Array() };
    },
  });
  const services = front.guard([service], async () => undefined);
  const server = opened.use(await serveHttp({ bind: "127.0.0.1:0", services, pages: front.pages, drainMs: 20 }));
  const resources = opened.move();
  const headers = (role: string): Record<string, string> =>
    role === "" ? {} : { authorization: `Bearer ${keyOf(role)}` };
  return {
    call: (method: string, role = "") =>
      fetch(`http://${server.address}/muster.mockfleet.v1.MockFleetService/${method}`, {
        method: "POST",
        headers: headers(role),
      }),
    metrics: (role = "") => fetch(`http://${server.address}/metrics`, { headers: headers(role) }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

test("/metrics counts calls by method and reason, and tells version and memory", async () => {
  await using world = await open([]);
  await (await world.call("ListFaults")).text();
  await (await world.call("RemoveFault")).text();
  const response = await world.metrics();
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  const method = "muster.mockfleet.v1.MockFleetService";
  expect(text).toContain(`muster_calls_total{method="${method}/ListFaults",reason="OK"} 1`);
  expect(text).toContain(`muster_calls_total{method="${method}/RemoveFault",reason="FAULT_NOT_FOUND"} 1`);
  expect(text).toContain(`muster_call_seconds_count{method="${method}/ListFaults"} 1`);
  expect(text).toContain('muster_build_info{service="test",version="1.2.3"} 1');
  expect(text).toMatch(/process_resident_memory_bytes [1-9]\d+/);
});

const rows = [
  { role: "OBSERVER", status: 200 },
  { role: "OPERATOR", status: 200 },
  { role: "BACKEND", status: 403 },
  { role: "", status: 401 },
];
for (const { role, status } of rows) {
  test(`/metrics answers ${role || "nobody in particular"} with ${status} where keys are asked for, and shows no key`, async () => {
    await using world = await open(["OBSERVER", "OPERATOR", "BACKEND"]);
    const response = await world.metrics(role);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("canary");
  });
}
