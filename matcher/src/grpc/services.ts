// The matcher's services with their handlers, one file each.

import {
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  MatchmakingServiceDefinition,
  PlayerDataServiceDefinition,
} from "@muster/proto/matchmaking";
import { type Implementation, implement } from "@muster/proto/rpc";
import { acceptMatch } from "./accept-match.ts";
import { cancelBackfill } from "./cancel-backfill.ts";
import { cancelMatching } from "./cancel-matching.ts";
import { declineMatching } from "./decline-matching.ts";
import { deleteConfiguration } from "./delete-configuration.ts";
import { deleteRuleSet } from "./delete-rule-set.ts";
import { describeBackfill } from "./describe-backfill.ts";
import { describeConfiguration } from "./describe-configuration.ts";
import { describeMatchingProgress } from "./describe-matching-progress.ts";
import { describeRuleSet } from "./describe-rule-set.ts";
import { describeTicketHistory } from "./describe-ticket-history.ts";
import type { Desk } from "./desk.ts";
import { erasePlayer } from "./erase-player.ts";
import { createEventService } from "./events/event-service.ts";
import { explainTicket } from "./explain-ticket.ts";
import { joinMatching } from "./join-matching.ts";
import { joinTokenService } from "./join-tokens/join-token-service.ts";
import { listConfigurations } from "./list-configurations.ts";
import { listRuleSets } from "./list-rule-sets.ts";
import { listTickets } from "./list-tickets.ts";
import { partyService } from "./party/party-service.ts";
import { putConfiguration } from "./put-configuration.ts";
import { putRuleSet } from "./put-rule-set.ts";
import { startBackfill } from "./start-backfill.ts";
import { startMatching } from "./start-matching.ts";
import { startMatchingBatch } from "./start-matching-batch.ts";
import { startMatchingStream } from "./start-matching-stream.ts";
import { watchTickets } from "./watch-tickets.ts";

export function createServices(desk: Desk): readonly Implementation[] {
  return [
    implement(MatchmakingServiceDefinition, {
      startMatching: startMatching(desk),
      startMatchingBatch: startMatchingBatch(desk),
      startMatchingStream: startMatchingStream(desk),
      cancelMatching: cancelMatching(desk),
      acceptMatch: acceptMatch(desk),
      joinMatching: joinMatching(desk),
      declineMatching: declineMatching(desk),
      describeMatchingProgress: describeMatchingProgress(desk),
      listTickets: listTickets(desk),
      describeTicketHistory: describeTicketHistory(desk),
      watchTickets: watchTickets(desk),
      explainTicket: explainTicket(desk),
    }),
    implement(BackfillServiceDefinition, {
      startBackfill: startBackfill(desk),
      cancelBackfill: cancelBackfill(desk),
      describeBackfill: describeBackfill(desk),
    }),
    implement(ConfigurationServiceDefinition, {
      putRuleSet: putRuleSet(desk),
      describeRuleSet: describeRuleSet(desk),
      listRuleSets: listRuleSets(desk),
      deleteRuleSet: deleteRuleSet(desk),
      putConfiguration: putConfiguration(desk),
      describeConfiguration: describeConfiguration(desk),
      listConfigurations: listConfigurations(desk),
      deleteConfiguration: deleteConfiguration(desk),
    }),
    createEventService(desk),
    partyService(desk),
    joinTokenService(desk),
    implement(PlayerDataServiceDefinition, { erasePlayer: erasePlayer(desk) }),
  ];
}
