// muster events put | targets | delete | rotate | log | list | watch | replay: what backends are told, and how it gets there.
import { readFileSync } from "node:fs";
import { systemClock, systemRandom } from "@muster/kit";
import { readEnum } from "@muster/proto";
import { EventTargetState, type EventTargetStatus, EventType } from "@muster/proto/matchmaking";
import { formatDuration } from "../arguments/duration.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { connectMatcher } from "../contract/connection.ts";
import { watchResiliently } from "../contract/resilient-watch.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

export type PutTargetOptions = {
  readonly name: string;
  readonly url?: string;
  readonly configurations?: readonly string[];
  readonly types?: readonly string[];
  readonly eventsPerRequest?: number;
  readonly concurrency?: number;
  readonly matchTokens?: boolean;
  /** In ms. */
  readonly behindMax?: number;
  /** In MiB. */
  readonly pendingMax?: number;
  readonly secretFile?: string;
};

/** Makes or changes the target; prints the secret if one was drawn. */
export async function putTarget(options: PutTargetOptions, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const target = {
    name: options.name,
    url: options.url ?? "",
    configurations: [...(options.configurations ?? [])],
    types: (options.types ?? []).map(typeOf),
    eventsPerRequest: options.eventsPerRequest ?? 0,
    concurrency: options.concurrency ?? 0,
    matchTokens: options.matchTokens ?? false,
    ...(options.behindMax === undefined ? {} : { behindSecondsMax: Math.ceil(options.behindMax / 1_000) }),
    ...(options.pendingMax === undefined ? {} : { pendingMbMax: options.pendingMax }),
  };
  const secret = readSecretFile(options.secretFile);
  const { signal } = context;
  const { status, secret: drawn, matchToken } = await matcher.events.putTarget({ target, secret }, { signal });
  if (context.json)
    printJson(context, { ...plainStatus(status), secret: drawn || undefined, matchToken: matchToken || undefined });
  else {
    context.terminal.print(`${options.name} is put: it is told what happens from now on`);
    printSecrets(context, { secret: drawn, matchToken });
  }
  return 0;
}

/** Prints every target. With --json one a line. */
export async function listTargets(context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { targets } = await matcher.events.listTargets({}, { signal: context.signal });
  if (context.json) for (const status of targets) printJson(context, plainStatus(status));
  else if (targets.length === 0)
    context.terminal.print("No targets. Put one: `npx muster events put backend --url URL`");
  else {
    const rows = targets.map((status) => [
      status.target?.name ?? "",
      [readEnum(EventTargetState, status.state) ?? "?", status.cause].filter((word) => word !== "").join(" "),
      status.behindMs === 0 ? "-" : formatDuration(status.behindMs),
      status.pendingBytes === 0 ? "-" : `${Math.ceil(status.pendingBytes / 1_024)} KB`,
      status.target?.url || "(watched)",
    ]);
    const lines = formatTable(["TARGET", "STATE", "BEHIND", "PENDING", "URL"], rows);
    for (const line of lines) context.terminal.print(line);
  }
  return 0;
}

/** Ends the target. */
export async function deleteTarget(name: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  await matcher.events.deleteTarget({ name }, { signal: context.signal });
  if (context.json) printJson(context, { name });
  else context.terminal.print(`${name} is told nothing any more`);
  return 0;
}

/** Gives the target a new secret; prints it if it was drawn. `overlap` in ms. */
export async function rotateSecret(
  options: { readonly name: string; readonly overlap?: number; readonly secretFile?: string },
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const overlapSeconds = Math.ceil((options.overlap ?? 0) / 1_000);
  const request = { name: options.name, secret: readSecretFile(options.secretFile), overlapSeconds };
  const { secret, matchToken } = await matcher.events.rotateSecret(request, { signal: context.signal });
  if (context.json)
    printJson(context, { name: options.name, secret: secret || undefined, matchToken: matchToken || undefined });
  else {
    context.terminal.print(`${options.name} signs with the new secret, and with the former for a while`);
    printSecrets(context, { secret, matchToken });
  }
  return 0;
}

/** Prints the latest deliveries, newest first. With --json one a line. */
export async function listDeliveries(
  request: { readonly name: string; readonly limit: number },
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { deliveries } = await matcher.events.listDeliveries(request, { signal: context.signal });
  if (context.json) for (const delivery of deliveries) printJson(context, delivery);
  else if (deliveries.length === 0) context.terminal.print("Nothing was sent since the matcher's start");
  else {
    const rows = deliveries.map(({ at, webhookId, events, attempt, status, error, durationMs }) => [
      ...[
        at?.toISOString() ?? "",
        String(status || "-"),
        `${durationMs} ms`,
        String(attempt),
        String(events),
        webhookId,
      ],
      error,
    ]);
    const lines = formatTable(["AT", "STATUS", "TOOK", "TRY", "EVENTS", "ID", "ERROR"], rows);
    for (const line of lines) context.terminal.print(line);
  }
  return 0;
}

/** Prints events of the target: those that are kept, or those that come. With --json as they are pushed, one a line. */
export async function watchEvents(
  { name, untilNow }: { readonly name: string; readonly untilNow: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const items = watchResiliently(
    {
      open: (resumeToken, signal) =>
        matcher.events.watchEvents({ name, resumeToken, fromOldest: untilNow && resumeToken === "" }, { signal }),
      tokenOf: ({ resumeToken }) => resumeToken,
      ...{ clock: systemClock, random: systemRandom, awayMs: 30_000 },
    },
    context.signal,
  );
  let quiet = 0;
  for await (const { payload } of items) {
    if (payload === "") quiet += 1;
    if (untilNow && quiet === 2) return 0; // The first says where it begins, the second that it has come to the end.
    if (payload !== "") context.terminal.print(context.json ? payload : describeEvent(payload));
  }
  return 0;
}

export type ReplayOptions = { readonly name: string; readonly from?: Date; readonly until?: Date };

/** Sends the events again and prints how many they were. */
export async function replayEvents({ name, from, until }: ReplayOptions, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  let events = 0;
  for (let afterPosition = 0, hasMore = true; hasMore; ) {
    const request = { name, from, until, afterPosition, limit: 0 };
    const answer = await matcher.events.replay(request, { signal: context.signal });
    events += answer.events;
    afterPosition = answer.lastPosition;
    hasMore = answer.hasMore;
  }
  if (context.json) printJson(context, { name, events });
  else context.terminal.print(`${events} events were sent to ${name} again`);
  return 0;
}

function typeOf(word: string): EventType {
  const type = EventType[word as keyof typeof EventType];
  if (type !== undefined && word !== "UNSPECIFIED") return type;
  const known = Object.keys(EventType).filter((one) => one !== "UNSPECIFIED");
  throw new UsageError(`Cannot read "${word}" as a type of event: there are ${known.join(", ")}`);
}

function readSecretFile(path: string | undefined): string {
  return path === undefined ? "" : readFileSync(path, "utf8").trim();
}

function printSecrets(
  { terminal }: CommandContext,
  { secret, matchToken }: { readonly secret: string; readonly matchToken: string },
): void {
  if (secret !== "") terminal.print(`secret ${secret}  (shown once: your backend verifies signatures with it)`);
  if (matchToken !== "") terminal.print(`match token ${matchToken}`);
}

/** "2027-01-02T08:00:00.000Z TICKET_COMPLETED ticket.t-1.3 duel" */
function describeEvent(payload: string): string {
  const { timestamp, type, id, configuration = "" } = JSON.parse(payload);
  return `${timestamp} ${type} ${id} ${configuration}`.trimEnd();
}

function plainStatus(status: EventTargetStatus | undefined) {
  const { types = [], ...target } = status?.target ?? {};
  return {
    ...target,
    types: types.map((type) => readEnum(EventType, type)),
    state: readEnum(EventTargetState, status?.state ?? 0),
    cause: status?.cause || undefined,
    pendingBytes: status?.pendingBytes,
    behindMs: status?.behindMs,
  };
}
