// An example under `muster dev`, as `npm start` runs it, but on free ports and in a folder of its own; and what its sessions go
// through, as the command tells it.
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "@muster/cli";
import { applySessionChange, type BattleSession, type SessionChange } from "@muster/proto";
import { Observed } from "../demo/observed.ts";
import { findPortRange } from "../demo/port-range.ts";
import { startMuster } from "./muster-command.ts";
import { markRun, type Run } from "./orphans.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SERVERS_PORTS = 10;

/** A session after one of its changes. */
export type Moment = { readonly session: BattleSession; readonly change: SessionChange };

export interface ExampleRun extends AsyncDisposable {
  /** Every change of every session, in order. */
  readonly moments: Observed<Moment>;
  readonly run: Run;
  readonly ports: readonly number[];
  readonly addresses: readonly string[];
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
}

type Fleet = { readonly cwd: string };
type Companion = { readonly cwd: string; readonly env?: object; readonly readyUrl?: string };
type Config = {
  readonly fleets: readonly Fleet[];
  readonly ruleSets: Readonly<Record<string, string>>;
  readonly eventTargets?: readonly { readonly url: string }[];
  readonly companions: readonly Companion[];
};

/** Runs `examples/NAME.json` with everything under `folder`; resolves once it is ready. */
export async function runExample(name: string, folder: string): Promise<ExampleRun> {
  const run = markRun();
  const [matcherPort, fleetPort, backendPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const config = join(folder, "muster.json");
  await writeFile(config, JSON.stringify(await moveConfig(join(ROOT, "examples", name), backendPort)));
  const flags = ["--matcher-port", String(matcherPort), "--fleet-port", String(fleetPort)];
  const dev = startMuster(["dev", "--config", config, "--json", "--data", join(folder, "data"), ...flags], {
    env: run.env,
  });
  const moments = new Observed<Moment>();
  const sessions = new Map<string, BattleSession>();
  dev.onLine((line) => {
    const { kind, event } = JSON.parse(line);
    if (kind !== "session") return;
    if (event.type === "session") sessions.set(event.session.battleSessionId, event.session);
    if (event.type !== "change") return;
    const { change }: { change: SessionChange } = event;
    const before = sessions.get(change.battleSessionId);
    if (!before) return;
    const session = applySessionChange(before, change);
    sessions.set(change.battleSessionId, session);
    moments.add({ session, change });
  });
  await dev.line(/"kind":"ready"/);
  return {
    moments,
    run,
    ports: [matcherPort, fleetPort, backendPort],
    addresses: ["--matcher", `127.0.0.1:${matcherPort}`, "--fleet", `127.0.0.1:${fleetPort}`],
    async stop() {
      dev.child.kill("SIGINT");
      return (await dev.finished).code;
    },
    [Symbol.asyncDispose]: () => dev[Symbol.asyncDispose](),
  };
}

/** The example's file as it would be elsewhere: folders named in full, and ports that are free here. */
async function moveConfig(file: string, backendPort: number): Promise<object> {
  const home = dirname(file);
  const config: Config = JSON.parse(await readFile(file, "utf8"));
  const fleets = [];
  for (const fleet of config.fleets) {
    fleets.push({ ...fleet, cwd: resolve(home, fleet.cwd), portRange: await findPortRange(SERVERS_PORTS) });
  }
  const ruleSets: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(config.ruleSets)) {
    ruleSets[name] = JSON.parse(await readFile(join(home, path), "utf8"));
  }
  const backendUrl = `http://127.0.0.1:${backendPort}`;
  const companions = config.companions.map(({ cwd, env, readyUrl, ...companion }) => ({
    ...companion,
    cwd: resolve(home, cwd),
    env: { ...env, BACKEND_PORT: String(backendPort), BACKEND_URL: backendUrl },
    ...(readyUrl === undefined ? {} : { readyUrl: `${backendUrl}${new URL(readyUrl).pathname}` }),
  }));
  const eventTargets = (config.eventTargets ?? []).map(({ url, ...target }) => {
    return { ...target, url: `${backendUrl}${new URL(url).pathname}` };
  });
  return { ...config, fleets, ruleSets, eventTargets, companions };
}
