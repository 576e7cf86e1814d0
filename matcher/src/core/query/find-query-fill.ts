// Whom a running battle takes whose players came by queries: newcomers who accept everybody there and one another, at a size that suits.
import { allowsSize, type Query, type QueryDocument, type QueryTicket, scoreOf } from "@muster/rules";

/** Somebody in the battle, with as much of the ticket as is remembered. */
export type SeatedByQuery = {
  readonly playerId: string;
  readonly partyId: string;
  readonly document: QueryDocument;
  /** Undefined: the ticket is forgotten, or there never was one: such a player accepts everybody. */
  readonly seeks: { readonly query: Query; readonly maxCount: number; readonly countMultiple: number } | undefined;
};

export type FillTerms = {
  readonly seated: readonly SeatedByQuery[];
  /** Players to add at most. */
  readonly room: number;
  /** All accept one another; else newcomers accept those who are there. */
  readonly isMutual: boolean;
};

/** Combinations that are tried for one battle. */
const TRIES_MAX = 2_000;

/** Whether the ticket could join the battle, whoever else does. */
export function fitsBattle(ticket: QueryTicket, { seated, room, isMutual }: FillTerms): boolean {
  if (ticket.sessions.length > room) return false;
  return seated.every(({ playerId, partyId, document, seeks }) => {
    if (ticket.sessions.includes(playerId) || (partyId !== "" && partyId === ticket.partyId)) return false;
    if (scoreOf(ticket.query, document) === undefined) return false;
    return !isMutual || !seeks || scoreOf(seeks.query, ticket.document) !== undefined;
  });
}

/** The largest group of `candidates`, who all fit and stand in the order of their age; of one size the oldest. Undefined: there is none. */
export function findQueryFill(
  candidates: readonly QueryTicket[],
  { seated, room, isMutual }: FillTerms,
): readonly QueryTicket[] | undefined {
  const present = seated.length;
  const budget = { tries: TRIES_MAX };
  for (let added = Math.min(room, playersOf(candidates)); added >= 1; added -= 1) {
    const size = present + added;
    // How few were enough for them at the start is no matter: fewer are there already.
    const suits = seated.every(({ seeks }) => {
      return !isMutual || !seeks || (size <= seeks.maxCount && size % seeks.countMultiple === 0);
    });
    if (!suits) continue;
    const group = choose(
      candidates.filter((one) => allowsSize(one, size)),
      { added, isMutual, budget },
    );
    if (group) return group;
    if (budget.tries <= 0) return undefined;
  }
  return undefined;
}

type Choice = { readonly added: number; readonly isMutual: boolean; readonly budget: { tries: number } };

/** The first of the candidates, in their order, that are `added` players together and can meet. */
function choose(candidates: readonly QueryTicket[], { added, isMutual, budget }: Choice): QueryTicket[] | undefined {
  const chosen: QueryTicket[] = [];
  const complete = (from: number, missing: number): boolean => {
    if (missing === 0) return true;
    for (let index = from; index < candidates.length; index += 1) {
      const ticket = candidates[index];
      budget.tries -= 1;
      if (budget.tries < 0) return false;
      if (!ticket || ticket.sessions.length > missing) continue;
      if (!chosen.every((one) => canJoin(one, ticket, isMutual))) continue;
      chosen.push(ticket);
      if (complete(index + 1, missing - ticket.sessions.length)) return true;
      chosen.pop();
    }
    return false;
  };
  return complete(0, added) ? chosen : undefined;
}

function canJoin(one: QueryTicket, other: QueryTicket, isMutual: boolean): boolean {
  if (one.sessions.some((session) => other.sessions.includes(session))) return false;
  if (one.partyId !== "" && one.partyId === other.partyId) return false;
  if (scoreOf(other.query, one.document) === undefined) return false;
  return !isMutual || scoreOf(one.query, other.document) !== undefined;
}

function playersOf(tickets: readonly QueryTicket[]): number {
  return tickets.reduce((sum, { sessions }) => sum + sessions.length, 0);
}
