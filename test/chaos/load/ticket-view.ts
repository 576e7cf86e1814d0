// A ticket as the history keeps it.
import type { TicketView } from "../history/entry.ts";

type Player = { readonly playerId: string; readonly team?: string | undefined };

/** What the command's and the SDK's tickets have in common. */
type ReadTicket = {
  readonly ticketId: string;
  readonly configuration: string;
  readonly state: string;
  readonly version: number;
  readonly players: readonly Player[];
  readonly matchId: string | undefined;
  readonly cause: string | undefined;
  readonly assignment:
    | {
        readonly battleSessionId: string | undefined;
        readonly players: readonly { readonly playerSessionId: string | undefined }[];
      }
    | undefined;
};

export function viewOf(ticket: ReadTicket): TicketView {
  const { ticketId, version, state, cause, matchId, assignment } = ticket;
  return {
    ticketId,
    version,
    state,
    cause,
    matchId,
    battleSessionId: assignment?.battleSessionId,
    body: bodyOf(ticket),
    seatedPlayers: assignment?.players.filter(({ playerSessionId }) => playerSessionId !== undefined).length ?? 0,
  };
}

/** What a request asks for, in one text that starts with its configuration. */
export function bodyOf(request: { readonly configuration: string; readonly players: readonly Player[] }): string {
  const players = request.players.map(({ playerId, team }) => `${playerId}/${team ?? ""}`);
  return `${request.configuration} ${players.join(",")}`;
}
