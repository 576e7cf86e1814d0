// What the fleet needs of the machine that it runs on.
import type { Address, ProcessId } from "@muster/proto";
import type { Network } from "@muster/proto/rpc";
import type { LaunchSpec } from "./core/build.ts";
import type { FleetSpec } from "./core/fleet-config.ts";
import type { SimulatedScript } from "./simulated/simulated-server.ts";

export type ServerLaunch = {
  readonly fleet: FleetSpec;
  /** What of its build is started. */
  readonly program: LaunchSpec;
  readonly processId: ProcessId;
  readonly incarnation: number;
  /** Of the last stream that the fleet has seen of the process; 0: none. A sidecar that takes over counts on from it. */
  readonly attachGeneration: number;
  /** What the sidecar proves itself with. Never logged. */
  readonly secret: string;
  /** What clients are told; the game binds these ports. */
  readonly address: Address;
  /** Where the sidecar reaches this fleet. */
  readonly hostAddress: string;
};

/** A sidecar with its game. */
export interface RunningServer {
  /** Resolves with how the sidecar ended: "exit 0", "SIGKILL", "not started: …". Never rejects. */
  readonly exited: Promise<{ readonly how: string }>;
  /** Asks the sidecar to end its game and exit: for one that cannot be reached by its stream. */
  terminate(): void;
  /** Ends the sidecar at once; its game follows by its lifeline. A repeat changes nothing. */
  kill(): void;
}

/** What a fault does to a process: the game dies, the game stands still, all of it stands still, all of it goes on. */
export type Blow = "crash" | "freeze-game" | "freeze" | "thaw";

/** Starts sidecars, each with its game, and keeps what they print. */
export interface ServerProcesses {
  /**
   * Starts a sidecar. A second start of the same process, after its sidecar died, adopts the living game: same id,
   * incarnation and secret.
   */
  start(launch: ServerLaunch): RunningServer;
  /**
   * Kills what still lives of a process that has ended: a game whose sidecar was killed, and a sidecar of an earlier run of
   * the fleet that hangs. A repeat changes nothing.
   */
  sweep(processId: ProcessId): void;
  /** Strikes a process. Nothing if there is nobody to strike. */
  afflict(processId: ProcessId, blow: Blow): void;
  /** Removes what a process that ended long ago has left on the machine: its log, its record. A repeat changes nothing. */
  forget(processId: ProcessId): void;
  /**
   * What process `processId` has printed, from its start or its last `tailBytes` on (0: all); with `follow` until
   * `hasEnded` answers true and everything was read.
   */
  readLog(
    processId: ProcessId,
    options: { readonly tailBytes: number; readonly follow: boolean; readonly hasEnded: () => boolean },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
}

/** What simulated servers need beside the fleet that they are in. */
export type SimulationParts = {
  /** By path, as the configuration names them. */
  readonly scripts: ReadonlyMap<string, SimulatedScript>;
  /** Reaches matchers, for backfill commands of simulated servers. */
  readonly network: Network;
  /** Matchers that these may go to, as hosts or addresses. Empty: any on loopback. */
  readonly matchers: readonly string[];
};
