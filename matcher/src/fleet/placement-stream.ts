// Placements asked for over one stream, without a call for each. Opened on first use, and again after it broke; a fleet that has
// no such stream is asked one by one.
import { type Channel, type Clock, createChannel, isAbortError } from "@muster/kit";
import { limits, MusterError, readReason, toMusterError } from "@muster/proto";
import {
  type FleetServiceDefinition,
  Placement,
  PlacementState,
  type StartPlacementRequest,
  type StartPlacementsRequest,
} from "@muster/proto/fleet";
import type { Client } from "@muster/proto/rpc";

export interface PlacementStream extends Disposable {
  /**
   * The placement as the fleet has it, as by StartPlacement.
   *
   * @throws {MusterError} its reasons; DEADLINE_PASSED after as long as a call may take, PEER_UNREACHABLE.
   */
  start(request: StartPlacementRequest, signal: AbortSignal): Promise<Placement | undefined>;
}

type Waiting = {
  readonly request: StartPlacementRequest;
  readonly signal: AbortSignal;
  readonly dueMs: number;
  readonly settle: (outcome: { readonly placement: Placement | undefined } | { readonly error: MusterError }) => void;
};

type Stream = { readonly outgoing: Channel<StartPlacementsRequest>; readonly stop: AbortController };

export function createPlacementStream(
  client: Pick<Client<typeof FleetServiceDefinition>, "startPlacement" | "startPlacements">,
  clock: Clock,
): PlacementStream {
  /** In the order in which they were asked for, and so fall due. */
  const waiting = new Map<string, Waiting>();
  /** Whose aborting is listened to: thousands of requests share a signal, and a listener of each would be looked through for each. */
  const heard = new Set<AbortSignal>();
  const ended = new AbortController();
  /** Ends the watch of deadlines, while somebody waits. */
  let watch: AbortController | undefined;
  let stream: Stream | undefined;
  /** The fleet has no stream. */
  let isUnary = false;

  const open = (): Stream => {
    const opened = { outgoing: createChannel<StartPlacementsRequest>(), stop: new AbortController() };
    stream = opened;
    void read(opened);
    return opened;
  };
  const read = async (opened: Stream) => {
    let failure = new MusterError("PEER_UNREACHABLE", "Cannot ask for placements as the fleet has ended the stream");
    try {
      const answers = client.startPlacements(opened.outgoing, { signal: opened.stop.signal });
      for await (const { placementId, placement, error, pending } of answers) {
        for (const id of pending?.placementIds ?? []) waiting.get(id)?.settle({ placement: pendingPlacement(id) });
        const asked = waiting.get(placementId);
        if (!error) asked?.settle({ placement });
        else {
          const { reason, message, metadata } = error;
          asked?.settle({ error: new MusterError(readReason(reason, "INTERNAL"), message, { metadata }) });
        }
      }
    } catch (error) {
      failure = toMusterError(error);
    }
    end(opened, failure);
  };
  /** Whoever waits is told; what one request may have done to the stream is no news of the others. */
  const end = (ended: Stream, failure: MusterError) => {
    ended.stop.abort();
    ended.outgoing.close();
    if (stream !== ended) return;
    stream = undefined;
    isUnary ||= failure.reason === "METHOD_UNKNOWN";
    const left = [...waiting.values()];
    for (const one of left) {
      if (failure.retry === "never" && failure.reason !== "CALL_CANCELLED") void askAlone(one);
      else one.settle({ error: failure });
    }
  };
  const askAlone = async ({ request, settle }: Waiting) => {
    try {
      settle(await client.startPlacement(request).then(({ placement }) => ({ placement })));
    } catch (error) {
      settle({ error: toMusterError(error) });
    }
  };
  const callOff = (signal: AbortSignal) => {
    heard.delete(signal);
    for (const [placementId, asked] of waiting) {
      if (asked.signal === signal) asked.settle({ error: calledOff(placementId) });
    }
  };
  const hear = (signal: AbortSignal) => {
    if (heard.has(signal)) return;
    heard.add(signal);
    signal.addEventListener("abort", () => callOff(signal), { once: true, signal: ended.signal });
  };
  const endWatch = () => {
    watch?.abort();
    watch = undefined;
  };
  /** One watch for all who wait: it ends with the last of them. */
  const watchDeadlines = async () => {
    watch = new AbortController();
    const { signal } = watch;
    for (let [first] = waiting.values(); first && !signal.aborted; [first] = waiting.values()) {
      const leftMs = Math.ceil(first.dueMs - clock.nowMs());
      if (leftMs > 0) {
        await clock.sleep(leftMs, signal);
        continue;
      }
      const why = `Cannot finish placement ${first.request.placementId} as its deadline passed`;
      const late = new MusterError("DEADLINE_PASSED", why);
      // A stream that answers nobody is not asked again.
      if (stream) end(stream, late);
      first.settle({ error: late }); // It may have been asked alone.
    }
  };

  return {
    async start(request, signal) {
      if (isUnary) return (await client.startPlacement(request, { signal })).placement;
      const { placementId } = request;
      const outcome = Promise.withResolvers<Placement | undefined>();
      const asked: Waiting = {
        ...{ request, signal, dueMs: clock.nowMs() + limits.CALL_DEADLINE_MS_DEFAULT },
        settle(answer) {
          if (waiting.get(placementId) === asked) waiting.delete(placementId);
          if (waiting.size === 0) endWatch();
          if ("error" in answer) outcome.reject(answer.error);
          else outcome.resolve(answer.placement);
        },
      };
      waiting.get(placementId)?.settle({ error: calledOff(placementId) });
      waiting.set(placementId, asked);
      const { outgoing } = stream ?? open();
      outgoing.push({ placement: request, brief: true });
      if (signal.aborted) callOff(signal);
      else hear(signal);
      if (waiting.size > 0 && !watch) watchDeadlines().catch(ignoreAbort);
      return await outcome.promise;
    },
    [Symbol.dispose]() {
      ended.abort();
      if (stream) end(stream, new MusterError("CALL_CANCELLED", "Cannot ask for placements as the matcher ends"));
    },
  };
}

/** What is known of a placement that was answered by its id alone. */
function pendingPlacement(placementId: string): Placement {
  return Placement.create({ placementId, state: PlacementState.PENDING });
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}

function calledOff(placementId: string): MusterError {
  return new MusterError("CALL_CANCELLED", `Cannot finish placement ${placementId} as it was called off`);
}
