// A dedicated server without a process: the real sidecar, and behind it a game of a few lines that speaks its contract.
import type { Random } from "@muster/kit";
import type { RunningServer, ServerLaunch } from "@muster/mock-fleet";
import {
  applySessionChange,
  type BattleSession,
  isReason,
  MusterError,
  readBattleSession,
  readSessionChange,
} from "@muster/proto";
import type { MemoryNetwork } from "@muster/proto/rpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { createSidecar } from "@muster/sidecar";
import { type Life, startLife } from "./life.ts";

export type SimulatedServer = RunningServer & {
  readonly life: Life;
  /** Takes a player as the game would: rejects with the sidecar's reason. */
  join(playerSessionId: string, requestId: string): Promise<string>;
  leave(playerSessionId: string): Promise<void>;
  /** The process dies without a word. */
  crash(how: string): void;
};

export type ServerParts = {
  readonly launch: ServerLaunch;
  readonly life: Life;
  readonly memory: MemoryNetwork;
  readonly random: Random;
};

/** Starts it: it attaches, becomes ready, and activates what it is given, now and then never. */
export function startSimulatedServer({ launch, life, memory, random }: ServerParts): SimulatedServer {
  let generation = 0;
  let exit: (ended: { how: string }) => void = () => undefined;
  const exited = new Promise<{ how: string }>((resolve) => {
    exit = resolve;
  });
  const crash = (how: string) => {
    life.kill();
    exit({ how });
  };
  const sidecar = createSidecar({
    clock: life.clock,
    random,
    network: life.network,
    log: () => undefined,
    fleetAddress: launch.hostAddress,
    fleet: launch.fleet.name,
    processId: launch.processId,
    incarnation: launch.incarnation,
    secret: launch.secret,
    token: "",
    matchers: ["matcher"],
    ready: undefined,
    nextAttachGeneration: () => {
      generation += 1;
      return generation;
    },
    onReady: () => undefined,
  });
  memory.serve(life.node, sidecar.services);
  const stop = new AbortController();
  sidecar.run(stop.signal).catch(() => crash("turned away"));
  sidecar.onEndRequested(() => {
    sidecar.reportExit("exit 0", 1_000).then(() => crash("exit 0"), onGameError);
  });

  const game = startLife(`${life.node}/game`, life.clock, memory)
    .network.connect(life.node)
    .client(GameServerServiceDefinition);
  const onGameError = (error: unknown) => {
    // The sidecar, the fleet or the game itself is gone: that is what is simulated. Anything else is a mistake.
    if (!(error instanceof MusterError) || !isReason(error.reason)) throw error;
  };
  const play = async () => {
    await life.clock.sleep(random.fraction() * 500);
    await game.processReady({ ports: {}, concurrentSessions: 1 });
    const request = { sdkName: "sim", sdkVersion: "0", sdkLanguage: "typescript", resumeAfter: {} };
    let battle: BattleSession | undefined;
    for await (const { event } of game.watch(request)) {
      if (event?.$case === "healthCheck") await game.reportHealth({ checkId: event.value.checkId, healthy: true });
      if (event?.$case === "startBattleSession" && event.value.session) {
        battle = readBattleSession(event.value.session);
        if (random.fraction() < 0.05) continue; // It hangs while it loads.
        await life.clock.sleep(random.fraction() * 200);
        await game.activateBattleSession({ battleSessionId: battle.battleSessionId });
      }
      if (event?.$case === "battleSessionUpdated" && battle) {
        battle = applySessionChange(battle, readSessionChange(event.value));
        const { battleSessionId, state, playerSessions } = battle;
        const empty = state === "ACTIVE" && playerSessions.length === 0;
        if (empty) await game.terminateBattleSession({ battleSessionId });
      }
    }
  };
  play().catch(onGameError);

  return {
    life,
    exited,
    terminate: () => void sidecar.requestEnd({ reason: "SHUTDOWN", deadlineWallMs: life.clock.wallMs() + 5_000 }),
    kill: () => crash("SIGKILL"),
    crash,
    async join(playerSessionId, requestId) {
      const accepted = await game.acceptPlayerSession({ playerSessionId, requestId, reconnectSecret: "" });
      return accepted.battleSessionId;
    },
    async leave(playerSessionId) {
      await game.removePlayerSession({ playerSessionId });
    },
  };
}
