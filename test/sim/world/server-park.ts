// The machines that dedicated servers run on: for each process of the fleet a sidecar and its game, which live and die apart.
import type { Blow, RunningServer, ServerLaunch, ServerProcesses } from "@muster/mock-fleet";
import type { MemoryNetwork } from "@muster/proto/rpc";
import { createChance } from "../engine/chance.ts";
import type { Life, Lives } from "../engine/life.ts";
import type { Eyes } from "./eyes.ts";
import { type Game, startGame } from "./game.ts";
import type { Knobs } from "./knobs.ts";
import { ORPHAN_GRACE_MS, type SidecarRecord, type SidecarRun, startSidecarRun } from "./sidecar-run.ts";

/** One process of the fleet, with what lives of it. */
export type Server = {
  readonly processId: string;
  /** Its name on the network. */
  readonly machine: string;
  readonly address: string;
  game: Game | undefined;
  sidecar: SidecarRun | undefined;
  readonly record: SidecarRecord;
  runs: number;
};

export interface ServerPark {
  /** What a run of the fleet starts its servers with. */
  for(fleet: Life): ServerProcesses;
  /** Servers with a game or a sidecar that lives. */
  readonly living: readonly Server[];
  /** The game that clients reach at "host:port". */
  findGame(address: string): Game | undefined;
}

export type ServerParkParts = {
  readonly seed: number;
  readonly knobs: Knobs;
  readonly lives: Lives;
  readonly memory: MemoryNetwork;
  readonly eyes: Eyes;
};

const RUNS_IN_VAIN: RunningServer = {
  exited: Promise.resolve({ how: "exit 1" }),
  terminate: () => undefined,
  kill: () => undefined,
};
/** What the fleet's own plan of faults does to a machine, as signals do. */
function afflict(server: Server | undefined, blow: Blow, { see }: Eyes): void {
  const { game, sidecar } = server ?? {};
  if (blow === "crash") game?.end("SIGKILL");
  else stopOrGo(blow === "freeze-game" ? [game?.life] : [sidecar?.life, game?.life], { goes: blow === "thaw", see });
}

function stopOrGo(
  lives: readonly (Life | undefined)[],
  { goes, see }: { readonly goes: boolean; readonly see: Eyes["see"] },
): void {
  for (const life of lives) {
    if (!life || life.dead || life.paused !== goes) continue;
    see({ type: "life", node: life.node, how: goes ? "resume" : "pause" });
    if (goes) life.resume();
    else life.pause();
  }
}

const TOKEN = "token-of-the-game";

export function createServerPark({ seed, knobs, lives, memory, eyes }: ServerParkParts): ServerPark {
  const servers = new Map<string, Server>();
  const byAddress = new Map<string, Server>();
  let machines = 0;

  const addressOf = ({ fleet, address }: ServerLaunch) =>
    `${address.host}:${address.ports[fleet.ports[0]?.name ?? ""]}`;
  const serverOf = (launch: ServerLaunch): Server => {
    const known = servers.get(launch.processId);
    if (known) return known;
    machines += 1;
    const server: Server = {
      processId: launch.processId,
      machine: `server${machines}`,
      address: addressOf(launch),
      game: undefined,
      sidecar: undefined,
      record: { attachGeneration: 0, ready: undefined },
      runs: 0,
    };
    servers.set(launch.processId, server);
    byAddress.set(server.address, server);
    return server;
  };
  const launchGame = (server: Server): Game => {
    const life = lives.start(`${server.machine}/game`);
    eyes.see({ type: "life", node: life.node, how: "start", processId: server.processId });
    const chance = createChance(seed, life.node);
    const game = startGame({ life, sidecar: server.machine, token: TOKEN, chance, knobs, eyes });
    game.exited.then(() => forgetIfGone(server), eyes.fail);
    return game;
  };
  const start = (launch: ServerLaunch, fleet: Life): RunningServer => {
    const server = serverOf(launch);
    // The older sidecar holds the address: this one cannot listen, and ends.
    if (server.sidecar && !server.sidecar.life.dead) return RUNS_IN_VAIN;
    server.runs += 1;
    const life = lives.start(`${server.machine}~${server.runs}`);
    const isFirst = server.runs === 1;
    const sidecar = startSidecarRun({
      launch,
      life,
      address: server.machine,
      memory,
      chance: createChance(seed, life.node),
      eyes,
      record: server.record,
      token: TOKEN,
      lifeline: fleet.over,
      findGame: () => {
        if (isFirst) server.game = launchGame(server);
        return server.game?.life.dead ? undefined : server.game;
      },
    });
    server.sidecar = sidecar;
    sidecar.exited.then(() => guardGame(server), eyes.fail);
    return {
      exited: fleet.within(sidecar.exited),
      terminate: sidecar.terminate,
      kill: () => sidecar.end("SIGKILL"),
    };
  };
  /** A game without a sidecar is ended when nobody has taken it over within the grace. */
  const guardGame = async (server: Server) => {
    forgetIfGone(server);
    const { game, sidecar } = server;
    if (!game || game.life.dead) return;
    await game.life.clock.sleep(ORPHAN_GRACE_MS);
    if (server.sidecar === sidecar) game.end("SIGKILL");
  };
  const forgetIfGone = (server: Server) => {
    const lives = [server.game?.life, server.sidecar?.life];
    if (lives.some((life) => life && !life.dead) || byAddress.get(server.address) !== server) return;
    byAddress.delete(server.address);
  };

  return {
    for: (fleet) => ({
      start: (launch) => start(launch, fleet),
      sweep(processId) {
        const server = servers.get(processId);
        server?.sidecar?.end("SIGKILL");
        server?.game?.end("SIGKILL");
      },
      afflict: (processId, blow) => afflict(servers.get(processId), blow, eyes),
      forget: () => undefined,
      async *readLog() {
        // Simulated games print nothing.
      },
    }),
    get living() {
      return [...byAddress.values()];
    },
    findGame: (address) => {
      const game = byAddress.get(address)?.game;
      return game?.life.dead ? undefined : game;
    },
  };
}
