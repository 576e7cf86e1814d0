// muster conformance: judges a sidecar by the life of a game, or a game and its SDK by the life of a sidecar.
import { drawId, systemRandom } from "@muster/kit";
import { foreignEnvironment, type RunningProcess, startProcess } from "@muster/kit/processes";
import type { CheckResult } from "../conformance/check-book.ts";
import { driveSidecar } from "../conformance/drive-sidecar.ts";
import { judgeGame } from "../conformance/judge-game.ts";
import { openStage, type Stage } from "../conformance/stage.ts";
import { findFreePort } from "../stack/free-port.ts";
import { nodeFlags, serviceEntry } from "../stack/service-entry.ts";
import type { CommandContext, ExitCode } from "./context.ts";

export type SidecarJudgement = {
  /** As its game reaches it. Undefined: ours, started here. */
  readonly sidecar: string | undefined;
  /** What it asks of its game. Empty: nothing. */
  readonly token: string;
  /** Where it reaches the fleet that is played here. Undefined: a free port. */
  readonly fleetBind: string | undefined;
};

export type GameJudgement = {
  readonly bind: string;
  readonly httpBind: string | undefined;
  readonly token: string;
  readonly acceptsPlayers: boolean;
  /** Starts the game. Empty: it comes by itself. */
  readonly command: readonly string[];
};

/** Short enough that three misses are soon over, long enough for a busy machine. */
const HEALTH = { healthIntervalMs: 1_000, healthTimeoutMs: 2_000 };

export async function judgeSidecarHere(asked: SidecarJudgement, context: CommandContext): Promise<ExitCode> {
  const { fleetBind } = asked;
  await using stage = await openStage({
    ...HEALTH,
    terminateMs: 2_000,
    ...(fleetBind === undefined ? {} : { bind: fleetBind }),
  });
  const token = asked.token || (asked.sidecar === undefined ? drawId("sct", systemRandom) : "");
  const variables = variablesOf(stage, token);
  const own = asked.sidecar === undefined ? await startOwnSidecar(variables) : undefined;
  if (!own) {
    context.terminal.note("Start the sidecar, without a game, with:");
    for (const [name, value] of Object.entries(variables)) context.terminal.note(`  ${name}=${value}`);
  }
  const address = asked.sidecar ?? own?.address ?? "";
  try {
    return report(await driveSidecar({ address, token, stage, ...HEALTH, onResult: live(context) }), context);
  } finally {
    own?.process.signalGroup("SIGKILL");
  }
}

function variablesOf({ address, launch }: Stage, token: string): Record<string, string> {
  const { processId, incarnation, secret, fleet } = launch;
  return {
    MUSTER_FLEET_ADDRESS: address,
    MUSTER_FLEET: fleet.name,
    MUSTER_PROCESS_ID: processId,
    MUSTER_INCARNATION: String(incarnation),
    MUSTER_PROCESS_SECRET: secret,
    MUSTER_SIDECAR_TOKEN: token,
  };
}

async function startOwnSidecar(variables: Readonly<Record<string, string>>): Promise<{
  readonly address: string;
  readonly process: RunningProcess;
}> {
  const entry = serviceEntry("sidecar");
  const address = `127.0.0.1:${await findFreePort()}`;
  const own = { MUSTER_SIDECAR_BIND: address, MUSTER_SIDECAR_HTTP: "off", MUSTER_LOG_LEVEL: "error" };
  const env = { ...foreignEnvironment(process.env, []), ...variables, ...own };
  const command = [process.execPath, ...nodeFlags(entry), entry.pathname];
  return { address, process: startProcess({ command, env, output: "inherit", lifeline: true }) };
}

export async function judgeGameHere(asked: GameJudgement, context: CommandContext): Promise<ExitCode> {
  const { command, bind, httpBind, acceptsPlayers } = asked;
  const token = asked.token || drawId("sct", systemRandom);
  let game: RunningProcess | undefined;
  try {
    const results = await judgeGame({
      ...{ bind, token, acceptsPlayers, onResult: live(context), ...(httpBind === undefined ? {} : { httpBind }) },
      onServing: ({ address, httpAddress }) => {
        const http = httpAddress === undefined ? {} : { MUSTER_SIDECAR_HTTP: httpAddress };
        const variables = { MUSTER_SIDECAR: address, ...http, MUSTER_SIDECAR_TOKEN: token, MUSTER_PORT: "7500" };
        if (command.length > 0) {
          game = startProcess({
            command,
            env: { ...foreignEnvironment(process.env, []), ...variables },
            output: { onLine: context.terminal.note },
          });
          return;
        }
        context.terminal.note("Start the game with:");
        for (const [name, value] of Object.entries(variables)) context.terminal.note(`  ${name}=${value}`);
      },
    });
    return report(results, context);
  } finally {
    game?.signalGroup("SIGKILL");
  }
}

/** Prints each check as it is decided, to people. */
function live({ json, terminal }: CommandContext): (result: CheckResult) => void {
  return (result) => {
    if (!json) terminal.print(describe(result));
  };
}

function report(results: readonly CheckResult[], { json, terminal }: CommandContext): ExitCode {
  const failed = results.filter(({ outcome }) => outcome === "FAILED" || outcome === "NOT_REACHED");
  if (json) for (const result of results) terminal.print(JSON.stringify(result));
  else {
    for (const result of failed) if (result.outcome === "NOT_REACHED") terminal.print(describe(result));
    const held = results.filter(({ outcome }) => outcome === "OK").length;
    const skipped = results.length - held - failed.length;
    terminal.print(`${held} held, ${failed.length} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  }
  return failed.length === 0 ? 0 : 1;
}

function describe({ check, outcome, says, why }: CheckResult): string {
  const line = `${outcome.padEnd(11)} ${check.padEnd(14)} ${says}`;
  return why === undefined ? line : `${line}\n${" ".repeat(27)}but ${why}`;
}
