// muster dev: everything on this machine, one process a service, until Ctrl-C; what happens is shown as it happens.
import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { type Clock, isAbortError, systemClock, systemRandom } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { type ServiceEvent, watchStopRequests } from "@muster/service";
import { formatDuration } from "../arguments/duration.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { jsonWithoutSecrets } from "../contract/without-secrets.ts";
import type { DevFlags } from "../program.ts";
import { builtInConfig } from "../stack/built-in-config.ts";
import { makeDataFolder } from "../stack/data-folder.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import { createLiveLog } from "../view/live-log.ts";
import type { LiveState } from "../view/live-state.ts";
import { renderView } from "../view/render-view.ts";
import { openScreen, type Screen } from "../view/screen.ts";
import { watchServices } from "../view/watch-services.ts";
import type { WatchStackOptions } from "../watch/watch-stack.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { printJson } from "./context.ts";

const CONFIG_DEFAULT = "muster.json";
const TIPS = ["npx muster ticket start --players 2", "npx muster sessions", "npx muster logs"] as const;

/** Runs until a stop is asked for or `for` has passed. */
export async function runDev(flags: DevFlags, context: CommandContext): Promise<ExitCode> {
  checkWatchFlags(flags);
  const { stop: asked, hurry } = watchStopRequests(process.env);
  // Asked to, or with nobody left who reads what it prints.
  const stop = AbortSignal.any([asked, context.signal]);
  const { terminal, json } = context;
  const clock = systemClock;
  const dataFolder = resolve(flags.data);
  const configPath = await chooseConfig(flags, dataFolder);
  const startedMs = clock.nowMs();

  let screen: Screen | undefined;
  const watched = Promise.withResolvers<void>();
  const log = createLiveLog(clock, {
    onLine: ({ text }) => {
      if (!json && !screen) terminal.print(text);
    },
    onEvent: (event) => {
      if (event.kind === "session" && event.event.type === "snapshot-end") watched.resolve();
      if (json) terminal.print(jsonWithoutSecrets(event));
    },
    onChange: () => screen?.refresh(),
  });

  const stack = await startOrRefuse({ flags, configPath, dataFolder, onEvent: log.onService, stop }, context);
  if (typeof stack === "number") return stack;
  hurry.addEventListener("abort", () => stack.kill(), { once: true });
  const ended = new AbortController();
  const withLines = !json && terminal.isLive && !flags.plain;
  const watching = watchServices(
    { ...stack, withLines, clock, random: systemRandom },
    log,
    AbortSignal.any([stop, ended.signal]),
  );
  // Whoever acts on the word that all is ready is to be seen.
  await Promise.race([watched.promise, aborted(stop)]);
  const crashed = Promise.withResolvers<never>();
  const restarting = isWatching(flags)
    ? restartOnChanges(
        { flags, configPath, dataFolder, stack, clock, onEvent: log.onWatch },
        AbortSignal.any([stop, ended.signal]),
      )
    : undefined;
  restarting?.catch((error: unknown) => crashed.reject(error));

  const { followFile } = await import("../view/follow-file.ts");
  const file = await followFile(configPath, {
    clock,
    onEvent: log.onConfig,
    onFatal: (error) => crashed.reject(error),
  });
  const { matcherAddress, fleetAddress, matcherHttpAddress, fleetHttpAddress, logFolder } = stack;
  const http = { matcherHttp: `http://${matcherHttpAddress}`, fleetHttp: `http://${fleetHttpAddress}` };
  const where = [
    `matcher ${matcherAddress} and ${http.matcherHttp}`,
    `fleet ${fleetAddress} and ${http.fleetHttp}`,
    `logs ${shortPath(logFolder)}`,
    ...(process.env.MUSTER_EVENT_NETWORKS ? [`events may go to ${process.env.MUSTER_EVENT_NETWORKS}`] : []),
    ...(isWatching(flags) ? ["servers start anew when their files change"] : []),
  ];
  const tips = TIPS.map((tip) => tip + addressFlags(tip, flags));
  const ready = { kind: "ready", matcher: matcherAddress, fleet: fleetAddress, ...http, logs: logFolder };
  if (json) printJson(context, ready);
  else if (!terminal.isLive || flags.plain) terminal.print(`Ready: ${where.join(", ")}. Try: ${tips.join(" · ")}`);
  else {
    const what = flags.command.length > 0 ? `-- ${flags.command.join(" ")}` : shortPath(configPath);
    const view = { title: `muster dev ${what}`, where, tips };
    const render = (size: { columns: number; rows: number }) => {
      const times = { upMs: clock.nowMs() - startedMs, wallMs: clock.wallMs() };
      return renderView({ ...view, ...size, ...times, state: log.state, events: log.events });
    };
    screen = openScreen(terminal, render, clock);
  }

  const asLongAsAsked = flags.for === undefined ? aborted(stop) : clock.sleep(flags.for, stop).catch(ignoreAbort);
  await Promise.race([asLongAsAsked, crashed.promise]);
  ended.abort();
  await file[Symbol.asyncDispose]();
  await Promise.all([watching, restarting]);
  await screen?.[Symbol.asyncDispose]();
  screen = undefined;
  await stopStack(stack, { state: log.state, clock }, context);
  return 0;
}

type DevStart = {
  readonly flags: DevFlags;
  readonly configPath: string;
  readonly dataFolder: string;
  readonly onEvent: (event: ServiceEvent) => void;
  readonly stop: AbortSignal;
};

/** Everything running, or the exit code: 0 if somebody stopped it on its way, 2 if it cannot start, which has been told. */
async function startOrRefuse(start: DevStart, { terminal, json }: CommandContext): Promise<Stack | ExitCode> {
  const { flags, configPath, dataFolder, onEvent, stop } = start;
  try {
    return await startStack({
      ...{ configPath, dataFolder, onEvent, signal: stop, env: process.env },
      ...{
        fresh: flags.fresh === true,
        debug: flags.debug === true,
        watched: isWatching(flags),
        matcherPort: flags.matcherPort,
        fleetPort: flags.fleetPort,
      },
      ...{ matcherHttpPort: flags.matcherHttpPort, fleetHttpPort: flags.fleetHttpPort },
      ...(flags.playersPerSecond === undefined ? {} : { playersPerSecond: flags.playersPerSecond }),
    });
  } catch (error) {
    if (stop.aborted) return 0;
    if (!(error instanceof MusterError)) throw error;
    const { reason, metadata } = error;
    const message = isWithoutFile(error, flags) ? `${error.message}. ${WITHOUT_FILE}` : error.message;
    terminal.note(json ? JSON.stringify({ error: { reason, message, metadata } }) : message);
    return 2;
  }
}

/** @throws {UsageError} for a flag of watching where nothing is watched. */
function checkWatchFlags(flags: DevFlags): void {
  if (isWatching(flags) || (flags.grace === undefined && !flags.watchIgnore?.length)) return;
  throw new UsageError("Cannot take --grace or --watch-ignore as they go with --watch: nothing is watched");
}

function isWatching({ watch = false, watchPath = [] }: DevFlags): boolean {
  return watch || watchPath.length > 0;
}

async function restartOnChanges(
  what: Pick<WatchStackOptions, "configPath" | "dataFolder" | "clock" | "onEvent"> & {
    readonly flags: DevFlags;
    readonly stack: Stack;
  },
  signal: AbortSignal,
): Promise<void> {
  const { flags, stack, ...rest } = what;
  const { watchPath: paths = [], watchIgnore: ignored = [], grace: graceMs = 0 } = flags;
  const { watchStack } = await import("../watch/watch-stack.ts");
  await watchStack({ ...rest, paths, ignored, graceMs, fleetAddress: stack.fleetAddress }, signal);
}

const WITHOUT_FILE = "Write one with `npx muster init`, or run a server with `npx muster dev -- COMMAND`";

/** Nothing was named, and there is no muster.json here. */
function isWithoutFile({ cause, reason }: MusterError, { config, command }: DevFlags): boolean {
  const isNotThere = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  return reason === "CONFIG_INVALID" && isNotThere && config === undefined && command.length === 0;
}

async function stopStack(
  stack: Stack,
  { state, clock }: { readonly state: LiveState; readonly clock: Clock },
  context: CommandContext,
): Promise<void> {
  const { terminal, json } = context;
  const { matchedPlayers, endedSessions } = state;
  const stoppingMs = clock.nowMs();
  if (!json) terminal.print("Stopping. Ctrl-C again ends it at once.");
  await stack[Symbol.asyncDispose]();
  if (json) return printJson(context, { kind: "stopped", matchedPlayers, endedSessions });
  const took = formatDuration(clock.nowMs() - stoppingMs);
  terminal.print(`Stopped in ${took}. ${matchedPlayers} players were matched, ${endedSessions} battles ended.`);
}

/** The file to run: the one named, or one made around the command, or muster.json here. */
async function chooseConfig({ config, command }: DevFlags, dataFolder: string): Promise<string> {
  if (command.length === 0) return resolve(config ?? CONFIG_DEFAULT);
  if (config !== undefined) {
    throw new UsageError(
      "Cannot run a file and a command: a file names its servers itself, so leave out --config or the command",
    );
  }
  await makeDataFolder(dataFolder);
  const path = join(dataFolder, "muster.json");
  await writeFile(path, `${JSON.stringify(builtInConfig({ command, cwd: process.cwd() }), undefined, 2)}\n`);
  return path;
}

/** What a command needs to find services that do not listen where they usually do. */
function addressFlags(tip: string, { matcherPort, fleetPort }: DevFlags): string {
  const asksMatcher = tip.startsWith("npx muster ticket");
  if (asksMatcher) return matcherPort === 7410 ? "" : ` --matcher 127.0.0.1:${matcherPort}`;
  return fleetPort === 7420 ? "" : ` --fleet 127.0.0.1:${fleetPort}`;
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short || ".";
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener("abort", () => done(), { once: true }));
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
