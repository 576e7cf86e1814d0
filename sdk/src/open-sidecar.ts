// Puts the parts of the connection together: the watch feeds sessions, health and termination; one end closes them all.
import { type Clock, isAbortError, type Random } from "@muster/kit";
import { MusterError, toMusterError } from "@muster/proto";
import type { Peer } from "@muster/proto/rpc";
import { createCallbacks } from "./callbacks.ts";
import { createFillApproval } from "./fill-approval.ts";
import { createHealth } from "./health.ts";
import { createSessions } from "./sessions.ts";
import type { ConnectionChange, Sidecar } from "./sidecar.ts";
import { createSidecarCalls, type ReadyOptions, type Waiting } from "./sidecar-calls.ts";
import { createTermination } from "./termination.ts";
import { createGameReader, type GameTypes, type GameValidators } from "./validators.ts";
import { runWatch, type WatchEvent } from "./watch.ts";
import { withDeadline } from "./with-deadline.ts";

export type OpenSidecarOptions = {
  readonly peer: Peer;
  /** For messages. */
  readonly address: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly exit: (code: number) => void;
  readonly signal: AbortSignal | undefined;
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly callbackTimeoutMs: number;
  readonly validators: GameValidators<GameTypes>;
};

type Opened = WatchEvent & { readonly type: "opened" };

/** Resolves with the sidecar once it has opened the watch. @throws {MusterError} as `connect` says. */
export async function openSidecar(options: OpenSidecarOptions): Promise<Sidecar> {
  const { peer, clock, random, exit, callTimeoutMs, callbackTimeoutMs } = options;
  const closing = new AbortController();
  const callbacks = createCallbacks({ clock, closing: closing.signal });
  const calls = createSidecarCalls({ peer, clock, random, callTimeoutMs, closing: closing.signal });
  const reader = createGameReader(options.validators, callbacks.report);
  const sessions = createSessions({ calls, callbacks, reader, callbackTimeoutMs });
  const health = createHealth({ callbacks, calls });
  const approval = createFillApproval({ callbacks, calls, reader, find: sessions.find });
  const termination = createTermination({ clock, callbacks, closing: closing.signal, end: () => end({}), exit });
  const finished = Promise.withResolvers<void>();
  const opening = Promise.withResolvers<Opened>();
  finished.promise.catch(() => undefined); // Who does not look is told by onError.
  opening.promise.catch(() => undefined);

  let connection: ConnectionChange | undefined;
  let hello: Opened | undefined;
  let ready: ReadyOptions | undefined;
  let ending: Promise<void> | undefined;
  let onConnectionChange: Parameters<Sidecar["onConnectionChange"]>[0] = () => undefined;

  const change = (next: ConnectionChange) => {
    const isNews = hello !== undefined && connection?.state !== next.state;
    connection = next;
    if (!isNews) return;
    try {
      onConnectionChange(next);
    } catch (error) {
      callbacks.report(error, { where: "onConnectionChange" });
    }
  };
  const inBackground = (work: Promise<void>) => {
    work.catch((error: unknown) => {
      if (!closing.signal.aborted) callbacks.report(error, { where: "sidecar" });
    });
  };

  const take = (event: WatchEvent) => {
    switch (event.type) {
      case "opened":
        return welcome(event);
      case "news":
        return sessions.take(event.battleSessionId, event.news);
      case "fill-proposed":
        return inBackground(approval.answer(event.fill));
      case "health":
        return inBackground(health.answer(event));
      case "terminate":
        return inBackground(termination.announce(event));
    }
  };
  const welcome = (event: Opened) => {
    hello = event;
    change({ state: "CONNECTED" });
    opening.resolve(event);
    for (const id of event.endedBattleSessionIds) sessions.take(id, { type: "ended" });
    // A sidecar that was restarted has kept nothing: what the game told it is told again.
    if (ready && !termination.noticed) inBackground(calls.processReady(ready));
    sessions.sayAgain();
  };

  const end = (waiting: Waiting): Promise<void> => {
    ending ??= calls.processEnding(waiting).then(
      () => close(undefined),
      (error) => {
        ending = undefined; // Another try may reach the sidecar.
        throw error;
      },
    );
    return ending;
  };
  const close = async (error: MusterError | undefined) => {
    if (closing.signal.aborted) return;
    closing.abort();
    change({ state: "CLOSED", error });
    if (error) finished.reject(error);
    else finished.resolve();
    await peer[Symbol.asyncDispose]();
  };
  const refuse = async (error: MusterError) => {
    opening.reject(error);
    if (hello) callbacks.report(error, { where: "sidecar" });
    await close(error);
  };

  const { signal } = closing;
  const onBroken = (error: MusterError) => change({ state: "RECONNECTING", error });
  const { resumeAfter } = sessions;
  runWatch({ peer, clock, random, signal, resumeAfter, onEvent: take, onBroken }).catch((error: unknown) =>
    inBackground(refuse(toMusterError(error))),
  );

  try {
    await waitForOpening(opening.promise, { ...options, lastBreak: () => connection });
  } catch (error) {
    await close(toMusterError(error));
    throw error;
  }

  return {
    get processId() {
      return hello?.processId ?? "";
    },
    get sidecarVersion() {
      return hello?.sidecarVersion ?? "";
    },
    get sidecarFeatures() {
      return hello?.features ?? [];
    },
    get connection() {
      return connection?.state ?? "CONNECTED";
    },
    get sessions() {
      return sessions.list();
    },
    finished: finished.promise,
    onStartBattleSession: sessions.onStart,
    onBattleSessionUpdated: sessions.onUpdate,
    approveFill: approval.onProposed,
    onHealthCheck: health.onCheck,
    onProcessTerminate: termination.onNotice,
    onConnectionChange(handler) {
      onConnectionChange = handler;
    },
    onError: callbacks.onError,
    async processReady(readyOptions = {}) {
      await calls.processReady(readyOptions);
      const { signal: _, ...announced } = readyOptions;
      ready = announced;
    },
    async processEnding(waiting = {}) {
      await end(waiting);
    },
    async acceptPlayerSession(playerSessionId, accept = {}) {
      const { attempt, battleSessionId, seat, reconnectSecret } = await calls.acceptPlayerSession(
        playerSessionId,
        accept,
      );
      const what = `the sidecar to tell of ${battleSessionId}`;
      const session =
        sessions.find(battleSessionId) ??
        (await withDeadline({ clock, timeoutMs: callTimeoutMs, what, signal }, (abandoned) =>
          sessions.expect(battleSessionId, abandoned),
        ));
      const player = session.seatOf(seat);
      player.admit(attempt);
      return { session, player, reconnectSecret };
    },
    async describePlayerSessions(selection, waiting = {}) {
      const seats = await calls.describePlayerSessions(selection, waiting);
      return seats.map(({ battleSessionId, seat: { expiresAtMs, ...seat } }) => ({
        ...seat,
        attributes: reader.attributes(seat.attributes, battleSessionId),
        data: seat.data,
        battleSessionId,
        expiresAt: expiresAtMs === undefined ? undefined : new Date(expiresAtMs),
      }));
    },
    async close() {
      await close(undefined);
    },
    async [Symbol.asyncDispose]() {
      await close(undefined);
    },
  };
}

type Patience = OpenSidecarOptions & { readonly lastBreak: () => ConnectionChange | undefined };

async function waitForOpening(opening: Promise<Opened>, options: Patience): Promise<void> {
  const { clock, address, connectTimeoutMs, signal, lastBreak } = options;
  const timer = new AbortController();
  const either = signal ? AbortSignal.any([timer.signal, signal]) : timer.signal;
  const passed = clock.sleep(connectTimeoutMs, either).catch((error: unknown) => {
    if (!isAbortError(error) || !signal?.aborted) return;
    throw new MusterError("CALL_CANCELLED", `Cannot connect to the sidecar at ${address} as it was called off`);
  });
  try {
    const hello = await Promise.race([opening, passed]);
    if (hello) return;
  } finally {
    timer.abort();
  }
  const last = lastBreak();
  const cause = last && "error" in last ? last.error : undefined;
  throw new MusterError(
    "PEER_UNREACHABLE",
    `Cannot connect to the sidecar at ${address} within ${connectTimeoutMs} ms: ${cause?.message ?? "it is silent"}`,
    { metadata: { address }, ...(cause ? { cause } : {}) },
  );
}
