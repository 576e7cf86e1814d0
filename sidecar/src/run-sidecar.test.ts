import { readEnvironment } from "@muster/kit";
import { expect, test } from "vitest";
import { sidecarEnvironment } from "./environment.ts";
import { runSidecar } from "./run-sidecar.ts";

const own = { MUSTER_PROCESS_ID: "proc_1", MUSTER_PROCESS_SECRET: "s3cret", MUSTER_SIDECAR_HTTP: "off" };
const refused = [
  { name: "every address of the machine", env: { MUSTER_SIDECAR_BIND: "0.0.0.0:0" }, says: "--unsafe-listen" },
  { name: "an address of the network", env: { MUSTER_SIDECAR_BIND: "10.0.0.1:7430" }, says: "--unsafe-listen" },
  {
    name: "every address, over HTTP",
    env: { MUSTER_SIDECAR_BIND: "127.0.0.1:0", MUSTER_SIDECAR_HTTP: "[::]:0" },
    says: "--unsafe-listen",
  },
  { name: "what is no address", env: { MUSTER_SIDECAR_BIND: "7430" }, says: "MUSTER_SIDECAR_BIND" },
];
for (const { name, env, says } of refused) {
  test(`a sidecar does not listen on ${name}`, async () => {
    const variables = readEnvironment(sidecarEnvironment, { ...own, ...env });
    const lifeline = new AbortController().signal;
    await expect(runSidecar({ command: [], unsafeListen: false, env: {}, lifeline }, variables)).rejects.toThrow(says);
  });
}
