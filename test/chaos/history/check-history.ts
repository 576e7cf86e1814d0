// The independent judge of a run: from the history alone, by rules that share nothing with the services.
import { checkAcceptance } from "./check-acceptance.ts";
import { checkEvents } from "./check-events.ts";
import { checkPlayers } from "./check-players.ts";
import { checkServers, checkSessions } from "./check-sessions.ts";
import { checkTickets } from "./check-tickets.ts";
import type { Entry } from "./entry.ts";
import type { Finding } from "./finding.ts";

/** Everything that was not as promised. */
export function checkHistory(entries: readonly Entry[]): readonly Finding[] {
  return [
    ...[...checkTickets(entries), ...checkAcceptance(entries), ...checkPlayers(entries)],
    ...[...checkSessions(entries), ...checkServers(entries), ...checkEvents(entries)],
  ];
}
