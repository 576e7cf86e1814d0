// The calls of game backends to the matcher, each noted in the history with what became of it. Nothing is tried again here:
// what nobody heard the end of stays unknown, until somebody asks.
import { type MatcherConnection, readTicket, type Ticket } from "@muster/cli";
import { MusterError } from "@muster/proto";
import { MatchAnswer, noProperties } from "@muster/proto/matchmaking";
import type { Ask, Outcome } from "../history/entry.ts";
import type { History } from "../history/history.ts";
import { bodyOf, viewOf } from "./ticket-view.ts";

/** Short, so that a call to a paused matcher ends while the run still goes on, in ms. */
const CALL_MS = 2_500;

export type Wish = {
  readonly configuration: string;
  readonly ticketId: string;
  readonly playerIds: readonly string[];
  /** Those of `playerIds` who have to come before it searches. */
  readonly askedIds?: readonly string[] | undefined;
  readonly party?: { readonly partyId: string; readonly leaderId: string } | undefined;
};

export type Answer = Omit<Extract<Ask, { readonly op: "answer" }>, "op">;

export interface BackendCalls {
  start(wish: Wish): Promise<Outcome>;
  /** Somebody who was asked to the ticket comes. */
  come(who: { readonly ticketId: string; readonly playerId: string }): Promise<Outcome>;
  cancel(ticketId: string): Promise<Outcome>;
  /** To the match that is proposed to the ticket. */
  answer(said: Answer): Promise<Outcome>;
  /** The ticket too, with its secrets, if somebody answered. */
  read(ticketId: string): Promise<{ readonly outcome: Outcome; readonly ticket: Ticket | undefined }>;
  /** Up to 128 tickets with one call; answers whether all were found. */
  readMany(ticketIds: readonly string[]): Promise<boolean>;
}

/** `via` names the caller in the history. */
export function createBackendCalls(history: History, matcher: MatcherConnection, via: string): BackendCalls {
  const { matchmaking } = matcher;
  const how = { deadlineMs: CALL_MS };
  return {
    start({ configuration, ticketId, playerIds, askedIds = [], party }) {
      const players = playerIds.filter((playerId) => !askedIds.includes(playerId)).map(plainPlayer);
      const asked = askedIds.length === 0 ? undefined : { playerIds: [...askedIds], timeoutSeconds: 5 };
      const more = { ...(asked && { asked }), ...(party && { party }) };
      const body = bodyOf({ configuration, players: playerIds.map((playerId) => ({ playerId })) });
      return history.call(via, { op: "start", ticketId, body, playerIds }, async () => {
        const request = { ...noProperties, configuration, ticketId, players, ...more };
        const { ticket } = await matchmaking.startMatching(request, how);
        return viewOf(readTicket(ticket));
      });
    },
    come: ({ ticketId, playerId }) =>
      history.call(via, { op: "come", ticketId, playerId }, async () => {
        const { ticket } = await matchmaking.joinMatching({ ticketId, players: [plainPlayer(playerId)] }, how);
        return viewOf(readTicket(ticket));
      }),
    cancel: (ticketId) =>
      history.call(via, { op: "cancel", ticketId }, async () => {
        const { ticket } = await matchmaking.cancelMatching({ ticketId }, how);
        return viewOf(readTicket(ticket));
      }),
    answer: (said) =>
      history.call(via, { op: "answer", ...said }, async () => {
        const request = { ...said, playerIds: [...said.playerIds], answer: MatchAnswer[said.answer] };
        const { ticket } = await matchmaking.acceptMatch(request, how);
        return viewOf(readTicket(ticket));
      }),
    async read(ticketId) {
      let ticket: Ticket | undefined;
      const outcome = await history.call(via, { op: "read", ticketId }, async () => {
        const { tickets } = await matchmaking.describeMatchingProgress({ ticketIds: [ticketId] }, how);
        ticket = readTicket(tickets[0]);
        return viewOf(ticket);
      });
      return { outcome, ticket };
    },
    async readMany(ticketIds) {
      const asked = matchmaking.describeMatchingProgress({ ticketIds: [...ticketIds] }, how).catch((error: unknown) => {
        // One that is not there spoils the answer for all: about the others it says nothing.
        if (!(error instanceof MusterError) || error.reason !== "TICKET_NOT_FOUND") throw error;
        throw new MusterError("CALL_CANCELLED", "Cannot tell of one ticket as another is not there", { cause: error });
      });
      const outcomes = await Promise.all(
        ticketIds.map((ticketId, index) =>
          history.call(via, { op: "read", ticketId }, async () => viewOf(readTicket((await asked).tickets[index]))),
        ),
      );
      return outcomes.every((outcome) => "ok" in outcome);
    },
  };
}

function plainPlayer(playerId: string) {
  return { playerId, attributes: {}, latenciesMs: {}, team: "" };
}
