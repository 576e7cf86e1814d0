// A ticket for people.
import type { Ticket, TicketQuery } from "../contract/ticket.ts";
import { explainCause } from "../view/ticket-meaning.ts";

/** One line: id, state, who, and why. */
export function summarizeTicket(ticket: Ticket): string {
  const players = ticket.players.map(({ playerId }) => playerId).join(", ");
  const cause = ticket.cause === undefined ? "" : ` (${ticket.cause})`;
  return `${ticket.ticketId} ${ticket.state}${cause} ${ticket.configuration}: ${players}`;
}

/** `+properties.region:eu, 2 to 4 players, says region eu, rank 8`. */
function describeQuery({ query, minCount, maxCount, countMultiple, ...properties }: TicketQuery): string {
  const size = minCount === maxCount ? `${minCount} players` : `${minCount} to ${maxCount} players`;
  const own = Object.entries({ ...properties.stringProperties, ...properties.numericProperties });
  const says = own.length === 0 ? "" : `, says ${own.map(([key, value]) => `${key} ${value}`).join(", ")}`;
  return `${query}, ${size}${countMultiple === 1 ? "" : `, a multiple of ${countMultiple}`}${says}`;
}

/** The whole ticket: where to go, and with whom, once it is COMPLETED. */
export function describeTicket(ticket: Ticket): readonly string[] {
  const lines = [
    `ticket         ${ticket.ticketId}`,
    `state          ${ticket.state}${ticket.cause === undefined ? "" : ` (${ticket.cause})`}`,
    `configuration  ${ticket.configuration}`,
  ];
  if (ticket.query) lines.push(`query          ${describeQuery(ticket.query)}`);
  const why = ticket.cause === undefined ? undefined : explainCause(ticket.cause);
  if (why !== undefined) lines.splice(2, 0, `why            ${why}`);
  if (ticket.returns > 0) lines.push(`returns        ${ticket.returns}, its age kept`);
  if (ticket.estimatedWaitMs !== undefined) {
    lines.push(`estimate       ${Math.round(ticket.estimatedWaitMs / 100) / 10} s from its request to its match`);
  }
  if (ticket.matchId !== undefined) lines.push(`match          ${ticket.matchId}`);
  const { assignment, proposal, preparation } = ticket;
  if (preparation) {
    lines.push(`join until     ${preparation.expiresAt ?? "?"}`);
    for (const { playerId, joined } of preparation.players) {
      lines.push(`player         ${playerId}${joined ? "  joined" : ""}`);
    }
    return lines;
  }
  if (proposal) {
    lines.push(`accept until   ${proposal.expiresAt ?? "?"}`);
    for (const { playerId, team, accepted } of proposal.players) {
      lines.push(`player         ${team === undefined ? "" : `${team} `}${playerId}${accepted ? "  accepted" : ""}`);
    }
    return lines;
  }
  if (!assignment) {
    lines.push(`players        ${ticket.players.map(({ playerId }) => playerId).join(", ")}`);
    return lines;
  }
  if (assignment.battleSessionId !== "")
    lines.push(`session        ${assignment.battleSessionId}${assignment.region ? ` in ${assignment.region}` : ""}`);
  for (const [name, port] of Object.entries(assignment.address?.ports ?? {})) {
    lines.push(`address        ${assignment.address?.host}:${port} (${name})`);
  }
  for (const player of assignment.players) {
    const team = player.team === undefined ? "" : `${player.team} `;
    const id = player.playerSessionId === undefined ? "" : `  player session ${player.playerSessionId}`;
    const token = player.joinToken === undefined ? "" : `  join token ${player.joinToken}`;
    lines.push(`player         ${team}${player.playerId}${id}${token}`);
  }
  return lines;
}
