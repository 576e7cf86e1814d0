// How a game gets hold of its sidecar.
import { type Clock, type Random, readEnvironment, systemClock, systemRandom } from "@muster/kit";
import { grpcNetwork, parseAddress } from "@muster/proto/grpc";
import type { Network } from "@muster/proto/rpc";
import { gameEnvironment } from "./environment.ts";
import { openSidecar } from "./open-sidecar.ts";
import type { Sidecar } from "./sidecar.ts";
import type { AnyGame, Game, GameTypes, GameValidators } from "./validators.ts";

export type ConnectOptions<Types extends GameTypes = AnyGame> = GameValidators<Types> & {
  /** The sidecar's address, "host:port" or "unix:/path". Default: MUSTER_SIDECAR, else 127.0.0.1:7430. */
  readonly address?: string;
  /** What the sidecar asks of its game. Default: MUSTER_SIDECAR_TOKEN, else none. */
  readonly token?: string;
  /** How long to wait for the sidecar to answer, in ms. Default 30,000. */
  readonly connectTimeoutMs?: number;
  /** How long a call may take with its retries, in ms. Default 10,000. */
  readonly callTimeoutMs?: number;
  /** How long a callback may take before the next of its session runs, in ms. Default 30,000. Health checks bring their own. */
  readonly callbackTimeoutMs?: number;
  /** Gives up connecting. No effect once connected. */
  readonly signal?: AbortSignal;
};

/**
 * Connects to the sidecar that runs beside this process, waiting for it to come up.
 *
 * @example
 * const sidecar = await connect();
 * sidecar.onStartBattleSession(async (session) => {
 *   await loadMap(session.properties.map);
 *   await session.activate();
 * });
 * await sidecar.processReady();
 *
 * @example
 * // With validators of zod, valibot, ArkType …: properties and attributes have types. What does not fit is reported to `onError`
 * // once, with its path, and handed on as it came.
 * const sidecar = await connect({
 *   properties: z.object({ map: z.enum(["dust", "ice"]), rounds: z.coerce.number() }),
 *   attributes: z.object({ skill: z.number() }),
 * });
 *
 * @throws {MusterError} PEER_UNREACHABLE if nobody answers within `connectTimeoutMs`, CREDENTIALS_INVALID for a wrong
 *   token, FIELD_INVALID for an address that is none, CALL_CANCELLED when `signal` aborts.
 */
export async function connect<Properties = AnyGame["properties"], PlayerAttributes = AnyGame["attributes"]>(
  options: ConnectOptions<Game<Properties, PlayerAttributes>> = {},
): Promise<Sidecar<Game<Properties, PlayerAttributes>>> {
  const environment = readEnvironment(gameEnvironment, process.env);
  return await connectWith({
    ...options,
    network: grpcNetwork,
    address: parseAddress("address", options.address ?? environment.MUSTER_SIDECAR),
    token: options.token ?? environment.MUSTER_SIDECAR_TOKEN ?? "",
    clock: systemClock,
    random: systemRandom,
    exit: (code) => process.exit(code),
  });
}

export type ConnectWithOptions<Types extends GameTypes = AnyGame> = ConnectOptions<Types> & {
  readonly network: Network;
  readonly address: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the process where no `onProcessTerminate` handler does. */
  readonly exit: (code: number) => void;
};

/** `connect` with everything of the machine put in by the caller. */
export async function connectWith<Properties = AnyGame["properties"], PlayerAttributes = AnyGame["attributes"]>(
  options: ConnectWithOptions<Game<Properties, PlayerAttributes>>,
): Promise<Sidecar<Game<Properties, PlayerAttributes>>> {
  const { network, address, token = "", clock, random, exit, signal } = options;
  const { connectTimeoutMs = 30_000, callTimeoutMs = 10_000, callbackTimeoutMs = 30_000 } = options;
  const peer = network.connect(address, { token });
  const timeouts = { connectTimeoutMs, callTimeoutMs, callbackTimeoutMs };
  const { properties, attributes } = options;
  const validators = { properties, attributes };
  const sidecar = await openSidecar({ peer, address, clock, random, exit, signal, validators, ...timeouts });
  // The handles hold what the validators answered, whose types they are.
  return sidecar as unknown as Sidecar<Game<Properties, PlayerAttributes>>;
}
