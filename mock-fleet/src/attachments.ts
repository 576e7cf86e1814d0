// The open streams of sidecars: one a process, the newest. Whatever a sidecar is told goes through its bounded queue in the
// order of the facts; one that does not read is cut off and catches up when it attaches again.

import type { CommittedFact } from "@muster/journal";
import { type Channel, createChannel } from "@muster/kit";
import { MusterError, type ProcessId, type ServerSessionId } from "@muster/proto";
import { type HostMessage, hostMessagesOf } from "./core/delivery.ts";
import type { Fill } from "./core/fill.ts";
import type { FleetFact } from "./core/fleet-fact.ts";
import type { FleetState } from "./core/fleet-state.ts";
import type { CommandResult } from "./core/host-command.ts";
import type { HostLines } from "./faults/host-lines.ts";

/** Messages that may wait for one sidecar: enough for the first rush of a full lobby. */
export const HOST_MESSAGES_MAX = 20_000;

type WelcomeMessage = {
  readonly type: "welcome";
  readonly processId: ProcessId;
  readonly endedSessionIds: readonly ServerSessionId[];
  /** Of the sessions that follow whole. */
  readonly followingSessionIds: readonly ServerSessionId[];
};

export type OutboundMessage =
  | HostMessage
  | WelcomeMessage
  | { readonly type: "result"; readonly commandId: string; readonly result: CommandResult }
  | { readonly type: "refusal"; readonly commandId: string; readonly error: MusterError }
  /** Of the moment: whoever attaches later is not asked. */
  | { readonly type: "approve-fill"; readonly fill: Fill; readonly timeoutMs: number }
  | { readonly type: "heartbeat" };

export type Attachment = {
  readonly processId: ProcessId;
  readonly outbound: Channel<OutboundMessage>;
  /** Position of the fact that the process attached: what is committed up to it, the sidecar is told by the catch-up. */
  readonly position: number;
  /** Sent as soon as that fact is durable; undefined afterwards. */
  catchUp: readonly OutboundMessage[] | undefined;
};

export interface Attachments {
  readonly processIds: ReadonlySet<ProcessId>;
  /** Takes the place of an older attachment of the process, which ends with PROCESS_FENCED. */
  open(attachment: Omit<Attachment, "outbound">): Attachment;
  /** The stream is gone, or ends with `error`; nothing more if a newer one has taken its place. */
  close(attachment: Attachment, error?: MusterError): void;
  /** The process's present attachment. */
  find(processId: ProcessId): Attachment | undefined;
  /** Ends the process's present stream with `error`, if there is one. */
  breakOff(processId: ProcessId, error: MusterError): void;
  /** Queues a message behind everything that was committed before. */
  send(attachment: Attachment, message: OutboundMessage): void;
  /** As `send`, to the process's present attachment; answers whether there is one. */
  sendTo(processId: ProcessId, message: OutboundMessage): boolean;
  /** Something came from the process at `nowMs`. */
  heard(processId: ProcessId, nowMs: number): void;
  /** When something last came. Undefined: never in this run of the fleet. */
  lastHeardMs(processId: ProcessId): number | undefined;
  /** Right after a fact was folded: what has to be told of the state as it is now, and not as it will be when the fact is durable. */
  noteFolded(state: FleetState, fact: FleetFact, sequence: number): void;
  /** Hands committed facts to whom they concern. */
  deliver(state: FleetState, facts: readonly CommittedFact<FleetFact>[]): void;
}

/** As `lines` lets what is sent through. Default: at once. */
export function createAttachments(
  { toHost }: Pick<HostLines, "toHost"> = { toHost: (_, deliver) => deliver() },
): Attachments {
  const open = new Map<ProcessId, Attachment>();
  const processIds = new Set<ProcessId>();
  const heard = new Map<ProcessId, number>();
  const folded = new Map<number, ReturnType<typeof hostMessagesOf>>();

  const close = (attachment: Attachment, error?: unknown) => {
    attachment.outbound.close(error);
    if (open.get(attachment.processId) !== attachment) return;
    open.delete(attachment.processId);
    processIds.delete(attachment.processId);
  };
  const send = (attachment: Attachment, message: OutboundMessage) => {
    // What was said for the sidecar by a fault is answered to nobody.
    if ((message.type === "result" || message.type === "refusal") && message.commandId.startsWith("lie.")) return;
    toHost(attachment.processId, () => push(attachment, message));
  };
  const push = (attachment: Attachment, message: OutboundMessage) => {
    const { outbound, processId } = attachment;
    outbound.push(message);
    if (outbound.size <= HOST_MESSAGES_MAX) return;
    const why = `Cannot send to the sidecar of process ${processId} as it does not read: ${outbound.size} messages wait`;
    close(attachment, new MusterError("OVERLOADED", why, { metadata: { limit: String(HOST_MESSAGES_MAX) } }));
  };
  const deliverOne = (state: FleetState, { fact, sequence }: CommittedFact<FleetFact>) => {
    if (fact.type === "process-attached") {
      const attachment = open.get(fact.processId);
      if (attachment?.position !== sequence || !attachment.catchUp) return;
      const messages = attachment.catchUp;
      attachment.catchUp = undefined;
      for (const message of messages) send(attachment, message);
      return;
    }
    if (fact.type === "command-answered") {
      const attachment = isOpen(open.get(fact.processId));
      if (attachment) send(attachment, { type: "result", commandId: fact.commandId, result: fact.result });
      return;
    }
    const concerned = folded.get(sequence) ?? hostMessagesOf(state, fact);
    folded.delete(sequence);
    const attachment = isOpen(concerned && open.get(concerned.processId));
    if (!attachment || !concerned) return;
    for (const message of concerned.messages) send(attachment, message);
  };

  return {
    processIds,
    open(parts) {
      const older = open.get(parts.processId);
      if (older) {
        const why = `Cannot go on with the stream as process ${parts.processId} has attached anew`;
        close(older, new MusterError("PROCESS_FENCED", why));
      }
      const attachment = { ...parts, outbound: createChannel<OutboundMessage>() };
      open.set(parts.processId, attachment);
      processIds.add(parts.processId);
      return attachment;
    },
    close,
    find: (processId) => open.get(processId),
    breakOff(processId, error) {
      const attachment = open.get(processId);
      if (attachment) close(attachment, error);
    },
    send,
    sendTo(processId, message) {
      const attachment = isOpen(open.get(processId));
      if (attachment) send(attachment, message);
      return attachment !== undefined;
    },
    noteFolded(state, fact, sequence) {
      if (fact.type !== "session-adopted") return;
      const concerned = hostMessagesOf(state, fact);
      if (concerned && open.has(concerned.processId)) folded.set(sequence, concerned);
    },
    heard: (processId, nowMs) => void heard.set(processId, nowMs),
    lastHeardMs: (processId) => heard.get(processId),
    deliver(state, facts) {
      for (const committed of facts) deliverOne(state, committed);
      // Last, so that the result of the command that ended a process still reaches its sidecar.
      for (const { fact } of facts) {
        if (fact.type !== "process-ended") continue;
        heard.delete(fact.processId);
        const attachment = open.get(fact.processId);
        const why = `Cannot go on with the stream as process ${fact.processId} has ended: ${fact.reason}`;
        if (attachment) close(attachment, new MusterError("PROCESS_FENCED", why));
      }
    },
  };
}

/** The attachment, if its catch-up has been sent: before, facts are part of the catch-up. */
function isOpen(attachment: Attachment | undefined): Attachment | undefined {
  return attachment?.catchUp === undefined ? attachment : undefined;
}
