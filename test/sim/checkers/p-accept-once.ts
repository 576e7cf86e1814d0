// P-ACCEPT-ONCE: a seat is accepted once, on its own session and process, in time; again only by a player who broke off and
// has the secret of the first accept. Every other attempt fails and changes nothing.

import type { FleetFact } from "@muster/mock-fleet/testing";
import type { AcceptPlayerSessionRequest } from "@muster/proto/sdk";
import type { Books } from "./books/books.ts";
import { isCallOf, type OpenCall, okOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "P-ACCEPT-ONCE";

type SessionChanged = Extract<FleetFact, { type: "session-changed" }>;
type Granted = { readonly requestId: string; readonly caller: string };

export function pAcceptOnce(books: Books): Checker {
  /** The last accept of each seat that a game was granted, since its player last broke off. */
  const granted = new Map<string, Granted>();

  const checkFact = ({ accepted, change }: SessionChanged, journalMs: number) => {
    if (!accepted) return;
    const session = books.fleet.sessions.get(change.battleSessionId);
    const id = change.battleSessionId;
    const seat = session?.seats.get(accepted.playerSessionId);
    if (!session || !seat) throw new BrokenPromise(NAME, `a seat of ${id} is accepted that nobody holds`);
    if (session.state !== "ACTIVE")
      throw new BrokenPromise(NAME, `a seat of ${id} is accepted while it is ${session.state}`);
    if (seat.state === "ACTIVE")
      throw new BrokenPromise(NAME, `the seat of ${seat.playerId} in ${id} is accepted twice`);
    const isReturn = seat.state === "DISCONNECTED";
    if (
      isReturn !== (seat.reconnectSecret !== undefined) ||
      (isReturn && seat.reconnectSecret !== accepted.reconnectSecret)
    ) {
      throw new BrokenPromise(NAME, `${seat.playerId} enters ${id} from ${seat.state} with another secret`);
    }
    const expiresAtMs = seat.expiresAtMs ?? Number.POSITIVE_INFINITY;
    if (!session.isUnreachable && expiresAtMs <= Math.floor(journalMs)) {
      throw new BrokenPromise(
        NAME,
        `the seat of ${seat.playerId} in ${id} is accepted ${journalMs - expiresAtMs} ms late`,
      );
    }
  };
  const checkGrant = (call: OpenCall<AcceptPlayerSessionRequest>, battleSessionId: string) => {
    const { playerSessionId, requestId } = call.request;
    const own = books.fleet.sessionBySeat.get(playerSessionId);
    if (own !== undefined && own !== battleSessionId) {
      throw new BrokenPromise(NAME, `a seat of ${own} is accepted into ${battleSessionId}`);
    }
    const before = granted.get(playerSessionId);
    if (before && (before.requestId !== requestId || before.caller !== call.caller)) {
      const why = `a seat of ${battleSessionId} is granted to ${before.caller} by ${before.requestId} and to ${call.caller} by ${requestId}`;
      throw new BrokenPromise(NAME, why);
    }
    granted.set(playerSessionId, { requestId, caller: call.caller });
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "fleet-fact") {
        const { fact, journalMs } = observation;
        if (fact.type !== "session-changed") return;
        checkFact(fact, journalMs);
        for (const { playerSessionId } of fact.change.removed) granted.delete(playerSessionId);
        for (const { playerSessionId, state } of fact.change.updated) {
          if (state === "DISCONNECTED") granted.delete(playerSessionId);
        }
      }
      if (observation.type === "call") {
        // From then on its sidecar may let the player back in, also while the fleet is out of reach.
        const call = { ...observation, startedMs: 0, startedTick: 0 };
        if (isCallOf(call, "disconnectPlayerSession")) granted.delete(call.request.playerSessionId);
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!isCallOf(call, "acceptPlayerSession")) return;
      const ok = okOf(call, "acceptPlayerSession", observation.outcome);
      if (ok) checkGrant(call, ok.battleSessionId);
    },
  };
}
