// One sidecar's stream: Hello is judged, then commands are carried out as they come, while everything that the process is to
// be told leaves through its bounded queue.
import { isAbortError } from "@muster/kit";
import { fieldInvalid, MusterError, type ProcessId, toMusterError } from "@muster/proto";
import type { AttachRequest, AttachResponse, HostCommand } from "@muster/proto/fleet";
import type { CallContext } from "@muster/proto/rpc";
import type { Attachment } from "../attachments.ts";
import { carryOut } from "../core/command.ts";
import type { Moment } from "../core/decision.ts";
import { catchUp } from "../core/delivery.ts";
import type { FleetFact } from "../core/fleet-fact.ts";
import type { FleetState } from "../core/fleet-state.ts";
import { admitSidecar, becomeReady, getProcess } from "../core/process.ts";
import { hostHeard } from "../core/silence.ts";
import type { FleetApp } from "../fleet-app.ts";
import { type FullHello, heartbeatIntervalMs, readCommand, readHello, writeOutbound } from "./host-wire.ts";

/** How long a stream may be open without its Hello, in ms. */
const HELLO_WITHIN_MS = 10_000;

/**
 * Refusals that decide nothing: the fleet cannot write now. Sent as an answer, they would make a sidecar forget what it has
 * carried out already; it keeps that when its stream breaks, and says it again to whoever has the journal next.
 */
const UNDECIDED: ReadonlySet<string> = new Set(["SERVICE_NOT_READY", "JOURNAL_FULL", "JOURNAL_FAILED"]);

/**
 * Serves one sidecar until it leaves, is fenced, or does not read; without `beats` it is sent no heartbeats, and somebody else
 * sees to it that it counts as heard. Reasons: the .proto.
 */
export async function* attach(
  app: FleetApp,
  requests: AsyncIterable<AttachRequest>,
  { signal }: Pick<CallContext, "signal">,
  { beats = true }: { readonly beats?: boolean } = {},
): AsyncGenerator<AttachResponse> {
  const incoming = requests[Symbol.asyncIterator]();
  const first = await firstOf(app, incoming, signal);
  if (first.done || first.value.message?.$case !== "hello") {
    throw fieldInvalid("message", "Hello, as the first message of the stream", "something else");
  }
  const hello = readHello(first.value.message.value);
  const attachment = await openAttachment(app, hello);
  const ended = new AbortController();
  const leave = () => {
    ended.abort();
    app.attachments.close(attachment);
  };
  signal.addEventListener("abort", leave);
  try {
    if (beats) void beat(app, attachment, ended.signal);
    receive(app, attachment, incoming).then(leave, (error: unknown) => attachment.outbound.close(toMusterError(error)));
    for await (const message of attachment.outbound) yield writeOutbound(app, message);
  } finally {
    leave();
    app.log.info({ processId: attachment.processId }, "A sidecar's stream has ended");
  }
}

/** @throws {MusterError} DEADLINE_PASSED if nothing comes. */
async function firstOf(app: FleetApp, incoming: AsyncIterator<AttachRequest>, signal: AbortSignal) {
  const isHere = new AbortController();
  const tooLate = app.machineClock.sleep(HELLO_WITHIN_MS, AbortSignal.any([signal, isHere.signal])).then(() => {
    const why = `Cannot attach as no Hello came within ${HELLO_WITHIN_MS} ms`;
    throw new MusterError("DEADLINE_PASSED", why);
  });
  try {
    return await Promise.race([incoming.next(), tooLate]);
  } finally {
    isHere.abort();
    tooLate.catch(() => undefined); // Called off: the first message is here, or the caller gone.
  }
}

/** @throws {MusterError} FLEET_NOT_FOUND, PROCESS_NOT_FOUND, CREDENTIALS_INVALID, PROCESS_FENCED. */
async function openAttachment(app: FleetApp, hello: FullHello): Promise<Attachment> {
  const { runner, attachments } = app;
  const { processId, attachGeneration, pid } = hello;
  if (app.lines.isCut(processId)) {
    throw new MusterError("PEER_UNREACHABLE", `Cannot attach process ${processId} as its line is cut`);
  }
  let attachment: Attachment | undefined;
  const attachSidecar = (state: FleetState, moment: Moment) => {
    const process = admitSidecar(state, hello, moment);
    const { endedSessionIds, messages } = catchUp(state, process, hello.known);
    const followingSessionIds = messages.flatMap((message) =>
      message.type === "start-session" ? [message.battle.battleSessionId] : [],
    );
    attachment = attachments.open({
      processId,
      position: state.position + 1,
      catchUp: [{ type: "welcome", processId, endedSessionIds, followingSessionIds }, ...messages],
    });
    attachments.heard(processId, moment.nowMs);
    const fact: FleetFact = { type: "process-attached", processId, attachGeneration, pid };
    return { facts: [fact], reply: attachment };
  };
  // Internal: a host that is there must not count as silent because the disk is full. It is welcomed when there is room.
  const done = runner.decide(attachSidecar, { internal: true });
  if (!attachment) return done; // Refused: `done` tells why.
  announceReturn(app, attachment);
  const { ready } = hello;
  if (ready) runner.act((state, moment) => becomeReady(getProcess(state, processId), ready, moment));
  for (const command of hello.carriedOut) carryOutFor(app, attachment, command);
  app.log.info({ processId, attachGeneration }, "A sidecar attached");
  return done;
}

async function receive(app: FleetApp, attachment: Attachment, incoming: AsyncIterator<AttachRequest>): Promise<void> {
  for (let next = await incoming.next(); !next.done; next = await incoming.next()) {
    if (attachment.outbound.closed) return;
    const { message } = next.value;
    if (message?.$case === "hello") throw fieldInvalid("message", "Hello only once in a stream", "Hello again");
    hear(app, attachment);
    app.lines.toFleet(attachment.processId, () => take(app, attachment, message));
  }
}

/** Something has come of the process: it is not silent, or not any more, unless its line is deaf. */
export function hear(app: FleetApp, attachment: Attachment): void {
  const { processId } = attachment;
  if (app.lines.isDeaf(processId)) return;
  app.attachments.heard(processId, app.runner.nowMs());
  announceReturn(app, attachment);
}

function take(app: FleetApp, attachment: Attachment, message: AttachRequest["message"]): void {
  if (attachment.outbound.closed) return; // Its stream has ended while it was under way.
  hear(app, attachment);
  if (message?.$case === "command") carryOutFor(app, attachment, message.value);
  if (message?.$case === "fillAnswer") app.approvals.answered(attachment.processId, message.value);
  // Acknowledgements: changes are kept by number anyway, and a Hello says what the game has.
}

/** Ends the unreachable time of a host that is heard again. */
function announceReturn({ runner }: FleetApp, { processId }: Attachment): void {
  if (runner.state.processes.get(processId)?.unreachableSinceMs === undefined) return;
  runner.act((state, moment) => hostHeard(state, getProcess(state, processId), moment));
}

/** Carries a command out as if it had come on the process's present stream; nothing if there is none. */
export function sayFor(app: FleetApp, processId: ProcessId, command: HostCommand): void {
  const attachment = app.attachments.find(processId);
  if (attachment) carryOutFor(app, attachment, command);
}

function carryOutFor(app: FleetApp, attachment: Attachment, message: HostCommand): void {
  const { processId } = attachment;
  const { commandId } = message;
  // Internal: much of it has happened at the game, and a refusal would be its last word.
  const done = app.runner.decide(
    (state, moment) => carryOut(state, getProcess(state, processId), readCommand(message), moment),
    { internal: true },
  );
  done.then(
    ({ result, isRepeat }) => {
      // The fact of a first time has sent its result already, in its place among the changes.
      if (isRepeat) app.attachments.send(attachment, { type: "result", commandId, result });
    },
    (error: unknown) => {
      const refusal = toMusterError(error);
      if (UNDECIDED.has(refusal.reason)) return app.attachments.close(attachment, refusal);
      if (refusal.reason === "INTERNAL_FAULT") app.log.error({ error, processId }, "A command met a mistake of ours");
      app.attachments.send(attachment, { type: "refusal", commandId, error: refusal });
    },
  );
}

async function beat(app: FleetApp, attachment: Attachment, signal: AbortSignal): Promise<void> {
  const intervalMs = heartbeatIntervalMs(app.runner.config.settings.hostSilentAfterMs);
  try {
    while (!attachment.outbound.closed) {
      await app.clock.sleep(intervalMs, signal);
      if (attachment.catchUp === undefined) app.attachments.send(attachment, { type: "heartbeat" });
    }
  } catch (error) {
    if (!isAbortError(error)) throw error;
  }
}
