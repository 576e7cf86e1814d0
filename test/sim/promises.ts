// What must always be true, as an observer outside the services sees it: from the answers that clients got and from the
// fleet's feed. A promise that is broken throws its name.
import { applySessionChange, type BattleSession, type SessionChange } from "@muster/proto";

export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

export interface Promises {
  /** StartMatching answered: the ticket exists from now on. */
  ticketAcknowledged(ticketId: string): void;
  /** A read of a ticket that was acknowledged answered `state`, or that there is no such ticket. */
  ticketRead(ticketId: string, read: { state: string; matchId: string; battleSessionId: string } | "not found"): void;
  /** A game's accept of this player session id succeeded. */
  seatAccepted(playerSessionId: string): void;
  /** The feed's snapshot, or a new session. */
  sessionSeen(session: BattleSession): void;
  sessionChanged(change: SessionChange): void;
  readonly tickets: ReadonlyMap<string, string>;
  readonly checked: number;
}

const TERMINAL = new Set(["COMPLETED", "CANCELLED", "TIMED_OUT", "FAILED"]);

/** An observer who has seen nothing yet. */
export function createPromises(): Promises {
  const tickets = new Map<string, string>();
  const places = new Map<string, string>();
  const accepted = new Set<string>();
  const sessions = new Map<string, BattleSession>();
  let checked = 0;

  const demand = (condition: boolean, promise: string, why: string) => {
    checked += 1;
    if (!condition) throw new BrokenPromise(`${promise}: ${why}`);
  };
  const checkSession = (session: BattleSession) => {
    const { battleSessionId: id, playerSessions: seats, capacity, teams } = session;
    demand(seats.length <= capacity, "S-CAPACITY", `${id} has ${seats.length} of ${capacity} seats taken`);
    for (const team of teams) {
      const used = seats.filter((seat) => seat.team === team.name).length;
      demand(used <= team.capacity, "S-CAPACITY", `${id} has ${used} of ${team.capacity} in ${team.name}`);
    }
    const players = new Set(seats.map((seat) => seat.playerId));
    demand(players.size === seats.length, "M-DISJOINT", `${id} seats a player twice`);
    for (const seat of seats) {
      if (seat.ticketId !== undefined) checkPlace(seat.ticketId, id);
    }
    const now = session.backfill;
    const ended = session.state === "TERMINATED" && now !== undefined;
    demand(!ended || seats.length === 0, "S-CAPACITY", `${id} is over and still seats ${seats.length}`);
  };
  const checkPlace = (ticketId: string, battleSessionId: string) => {
    const place = places.get(ticketId);
    demand(
      place === undefined || place === battleSessionId,
      "M-DISJOINT",
      `${ticketId} is in ${place} and ${battleSessionId}`,
    );
    places.set(ticketId, battleSessionId);
  };

  return {
    tickets,
    get checked() {
      return checked;
    },
    ticketAcknowledged: (ticketId) => void tickets.set(ticketId, tickets.get(ticketId) ?? "SEARCHING"),
    ticketRead(ticketId, read) {
      demand(read !== "not found", "T-NO-LOSS", `${ticketId} was acknowledged and is gone`);
      if (read === "not found") return;
      const before = tickets.get(ticketId) ?? "";
      const left = TERMINAL.has(before) && before !== read.state;
      demand(!left, "T-NO-LOSS", `${ticketId} was ${before} and is ${read.state}`);
      tickets.set(ticketId, read.state);
      if (read.state === "COMPLETED") checkPlace(ticketId, read.battleSessionId);
    },
    seatAccepted(playerSessionId) {
      demand(!accepted.has(playerSessionId), "P-ACCEPT-ONCE", `${playerSessionId} was accepted twice`);
      accepted.add(playerSessionId);
    },
    sessionSeen(session) {
      checkSession(session);
      sessions.set(session.battleSessionId, session);
    },
    sessionChanged(change) {
      const before = sessions.get(change.battleSessionId);
      if (!before) return;
      const session = applySessionChange(before, change);
      checkSession(session);
      sessions.set(change.battleSessionId, session);
    },
  };
}
