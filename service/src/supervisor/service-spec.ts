// What a supervisor is told of one service, and what it tells about it.
import type { ProcessSpec } from "@muster/kit/processes";

export type ServiceSpec = {
  /** Unique within its supervisor. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** The whole environment: nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string>>;
  readonly output: ProcessSpec["output"];
  /**
   * Of ours: it watches a lifeline and ends by itself when its supervisor is gone. Otherwise a guard ends its group then,
   * and an exit with code 0 is its end, not a crash.
   */
  readonly ours: boolean;
  /** Resolves once the service answers; asked anew with every start. Absent: it is ready when it has started. */
  readonly whenReady?: (signal: AbortSignal) => Promise<void>;
  /** How long a start may take to become ready, in ms. Default 20,000. */
  readonly readyMs?: number;
  /** How long an orderly stop may take before SIGKILL, in ms. Default 10,000. */
  readonly stopMs?: number;
};

export type ServiceEvent = { readonly name: string } & (
  | { readonly type: "starting" }
  | { readonly type: "ready"; readonly pid: number; readonly tookMs: number }
  /** It ended without being told to; the next start is due in `restartInMs`. */
  | { readonly type: "crashed"; readonly how: string; readonly restartInMs: number }
  /** It ended by itself with code 0, and stays ended. */
  | { readonly type: "finished" }
  | { readonly type: "stopping" }
  /** It ended as told; `killed` if it had to be SIGKILL. */
  | { readonly type: "stopped"; readonly how: string; readonly killed: boolean }
);
