// S-CAPACITY, kept as double entry: reserved, active and disconnected seats are counted change by change, and must come to
// the seats that the roster shows, never above capacity, of the session and of each team, and never below nothing.
import type { Books } from "./books/books.ts";
import type { Change, SessionEntry } from "./books/fleet-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "S-CAPACITY";

type Account = { RESERVED: number; ACTIVE: number; DISCONNECTED: number };

export function sCapacity(books: Books): Checker {
  const accounts = new Map<string, Account>();
  const accountOf = (sessionId: string) => {
    const account = accounts.get(sessionId) ?? { RESERVED: 0, ACTIVE: 0, DISCONNECTED: 0 };
    accounts.set(sessionId, account);
    return account;
  };
  const book = (account: Account, state: string, count: number) => {
    if (state === "RESERVED" || state === "ACTIVE" || state === "DISCONNECTED") account[state] += count;
    else throw new BrokenPromise(NAME, `a seat is in use and ${state}`);
  };
  const change = (session: SessionEntry, { added, updated, removed, state }: Change) => {
    const { battleSessionId: id, seats, teams, capacity, used } = session;
    const account = accountOf(id);
    for (const { playerSessionId } of removed) {
      const seat = seats.get(playerSessionId);
      if (!seat) throw new BrokenPromise(NAME, `a seat of ${id} is freed that is not taken`);
      book(account, seat.state, -1);
    }
    for (const { playerSessionId, state: next } of updated) {
      const seat = seats.get(playerSessionId);
      if (!seat) throw new BrokenPromise(NAME, `a seat of ${id} changes to ${next} and is not taken`);
      book(account, seat.state, -1);
      book(account, next, 1);
    }
    const more = new Map<string, number>();
    for (const { playerSessionId, state: next, team = "" } of added) {
      if (seats.has(playerSessionId)) throw new BrokenPromise(NAME, `a seat of ${id} is taken twice`);
      book(account, next, 1);
      more.set(team, (more.get(team) ?? 0) + 1);
    }
    const counted = account.RESERVED + account.ACTIVE + account.DISCONNECTED;
    const shown = seats.size + added.length - removed.length;
    const negative = account.RESERVED < 0 || account.ACTIVE < 0 || account.DISCONNECTED < 0;
    if (counted !== shown || negative) {
      throw new BrokenPromise(NAME, `${id} counts ${JSON.stringify(account)} and shows ${shown} seats`);
    }
    if (counted > capacity) throw new BrokenPromise(NAME, `${id} has ${counted} of ${capacity} seats taken`);
    for (const [team, count] of more) {
      const room = teams.find((one) => one.name === team)?.capacity ?? (teams.length === 0 ? capacity : 0);
      const gone = removed.filter((seat) => (seat.team ?? "") === team).length;
      const taken = (used.get(team) ?? 0) + count - gone;
      if (taken > room) throw new BrokenPromise(NAME, `${id} has ${taken} of ${room} seats of ${team} taken`);
    }
    if (state !== "TERMINATED") return;
    if (counted > 0) throw new BrokenPromise(NAME, `${id} is over and still holds ${counted} seats`);
    accounts.delete(id);
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return;
      const session = books.fleet.sessions.get(observation.fact.change.battleSessionId);
      if (session) change(session, observation.fact.change);
    },
  };
}
