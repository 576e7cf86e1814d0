// Placements asked for over one stream, without a call for each. Opened on first use, and again after it broke; a fleet that has
// no such stream is asked one by one.
import { type Channel, type Clock, createChannel, isAbortError } from "@muster/kit";
import { limits, MusterError, readReason, toMusterError } from "@muster/proto";
import type {
  FleetServiceDefinition,
  Placement,
  StartPlacementRequest,
  StartPlacementsRequest,
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
  readonly settle: (outcome: { readonly placement: Placement | undefined } | { readonly error: MusterError }) => void;
};

type Stream = { readonly outgoing: Channel<StartPlacementsRequest>; readonly stop: AbortController };

export function createPlacementStream(
  client: Pick<Client<typeof FleetServiceDefinition>, "startPlacement" | "startPlacements">,
  clock: Clock,
): PlacementStream {
  const waiting = new Map<string, Waiting>();
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
      for await (const { placementId, placement, error } of answers) {
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

  return {
    async start(request, signal) {
      if (isUnary) return (await client.startPlacement(request, { signal })).placement;
      const { placementId } = request;
      const outcome = Promise.withResolvers<Placement | undefined>();
      const answered = new AbortController();
      const asked: Waiting = {
        request,
        settle(answer) {
          if (waiting.get(placementId) === asked) waiting.delete(placementId);
          answered.abort();
          if ("error" in answer) outcome.reject(answer.error);
          else outcome.resolve(answer.placement);
        },
      };
      waiting.get(placementId)?.settle({ error: calledOff(placementId) });
      waiting.set(placementId, asked);
      const { outgoing } = stream ?? open();
      outgoing.push({ placement: request });
      const callOff = () => asked.settle({ error: calledOff(placementId) });
      if (signal.aborted) callOff();
      signal.addEventListener("abort", callOff, { once: true, signal: answered.signal });
      clock.sleep(limits.CALL_DEADLINE_MS_DEFAULT, answered.signal).then(
        () => {
          const why = `Cannot finish placement ${placementId} as its deadline passed`;
          // A stream that answers nobody is not asked again.
          if (stream) end(stream, new MusterError("DEADLINE_PASSED", why));
        },
        (error: unknown) => {
          if (!isAbortError(error)) throw error;
        },
      );
      return await outcome.promise;
    },
    [Symbol.dispose]() {
      if (stream) end(stream, new MusterError("CALL_CANCELLED", "Cannot ask for placements as the matcher ends"));
    },
  };
}

function calledOff(placementId: string): MusterError {
  return new MusterError("CALL_CANCELLED", `Cannot finish placement ${placementId} as it was called off`);
}
