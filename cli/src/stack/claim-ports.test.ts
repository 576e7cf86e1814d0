// What is said of taken ports: all at once, by whom, and what would do instead.
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { claimPorts } from "./claim-ports.ts";
import { findFreePort } from "./free-port.ts";

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));
});

async function takenPort(): Promise<number> {
  const port = await findFreePort();
  const server = createServer().listen(port, "127.0.0.1");
  servers.push(server);
  await new Promise((listening) => server.once("listening", listening));
  return port;
}

const matcher = (port: number) => ({ port, who: "the matcher", flag: "--matcher-port" });
const fleet = (port: number) => ({ port, who: "the mock fleet", flag: "--fleet-port" });

test("claimPorts() takes free ports", async () => {
  await claimPorts([matcher(await findFreePort()), fleet(await findFreePort())]);
});

test("claimPorts() names one that is taken, and a flag that would do", async () => {
  const port = await takenPort();
  await expect(claimPorts([matcher(port), fleet(await findFreePort())])).rejects.toThrow(
    new RegExp(
      `^Cannot start the matcher as port ${port} is taken: .+ holds it\\. Stop that, or choose --matcher-port \\d+$`,
    ),
  );
});

test("claimPorts() names all that are taken, and who has several of them once", async () => {
  const [first, second, third] = [await takenPort(), await takenPort(), await takenPort()];
  await expect(claimPorts([fleet(first), matcher(second), { port: third, who: "backend" }])).rejects.toThrow(
    new RegExp(
      `^Cannot start the mock fleet, the matcher and backend as ports ${first}, ${second} and ${third} are taken: ` +
        "[^,]+(?:, perhaps [^,]+)? holds them\\. " +
        "Stop that, or choose --fleet-port \\d+ --matcher-port \\d+ another in muster\\.json$",
    ),
  );
});
