// Calls that have no answer yet, and how to look at a call and its answer as the contract types them.

import type {
  CreatePlayerSessionsRequest,
  CreatePlayerSessionsResponse,
  CreateServerSessionRequest,
  CreateServerSessionResponse,
  SearchServerSessionsRequest,
  SearchServerSessionsResponse,
  TerminateServerSessionRequest,
  TerminateServerSessionResponse,
} from "@muster/proto/fleet";
import type {
  AcceptMatchRequest,
  AcceptMatchResponse,
  CancelBackfillRequest,
  CancelBackfillResponse,
  CancelMatchingRequest,
  CancelMatchingResponse,
  DeclineMatchingRequest,
  DeclineMatchingResponse,
  DeleteConfigurationRequest,
  DeleteConfigurationResponse,
  DescribeMatchingProgressRequest,
  DescribeMatchingProgressResponse,
  DescribeTicketHistoryRequest,
  DescribeTicketHistoryResponse,
  ExplainTicketRequest,
  ExplainTicketResponse,
  JoinMatchingRequest,
  JoinMatchingResponse,
  ListTicketsRequest,
  ListTicketsResponse,
  RedeemJoinTokenRequest,
  RedeemJoinTokenResponse,
  StartBackfillRequest,
  StartBackfillResponse,
  StartMatchingRequest,
  StartMatchingResponse,
} from "@muster/proto/matchmaking";
import type {
  AcceptPlayerSessionRequest,
  AcceptPlayerSessionResponse,
  AnswerFillRequest,
  AnswerFillResponse,
  DescribePlayerSessionsRequest,
  DescribePlayerSessionsResponse,
  DisconnectPlayerSessionRequest,
  DisconnectPlayerSessionResponse,
  RemovePlayerSessionRequest,
  RemovePlayerSessionResponse,
  ReportCustomDataRequest,
  ReportCustomDataResponse,
} from "@muster/proto/sdk";
import type { Outcome } from "../../observation.ts";

/** Of the calls that checkers look into: request and response. */
type Contract = {
  readonly redeemJoinToken: readonly [RedeemJoinTokenRequest, RedeemJoinTokenResponse];
  readonly startMatching: readonly [StartMatchingRequest, StartMatchingResponse];
  readonly cancelMatching: readonly [CancelMatchingRequest, CancelMatchingResponse];
  readonly acceptMatch: readonly [AcceptMatchRequest, AcceptMatchResponse];
  readonly joinMatching: readonly [JoinMatchingRequest, JoinMatchingResponse];
  readonly declineMatching: readonly [DeclineMatchingRequest, DeclineMatchingResponse];
  readonly describeMatchingProgress: readonly [DescribeMatchingProgressRequest, DescribeMatchingProgressResponse];
  readonly listTickets: readonly [ListTicketsRequest, ListTicketsResponse];
  readonly describeTicketHistory: readonly [DescribeTicketHistoryRequest, DescribeTicketHistoryResponse];
  readonly explainTicket: readonly [ExplainTicketRequest, ExplainTicketResponse];
  readonly deleteConfiguration: readonly [DeleteConfigurationRequest, DeleteConfigurationResponse];
  readonly startBackfill: readonly [
    Pick<StartBackfillRequest, "battleSessionId" | "replace" | "requestId">,
    StartBackfillResponse,
  ];
  readonly cancelBackfill: readonly [
    Pick<CancelBackfillRequest, "battleSessionId" | "requestId">,
    CancelBackfillResponse,
  ];
  readonly createPlayerSessions: readonly [CreatePlayerSessionsRequest, CreatePlayerSessionsResponse];
  readonly answerFill: readonly [AnswerFillRequest, AnswerFillResponse];
  readonly acceptPlayerSession: readonly [AcceptPlayerSessionRequest, AcceptPlayerSessionResponse];
  readonly removePlayerSession: readonly [RemovePlayerSessionRequest, RemovePlayerSessionResponse];
  readonly createServerSession: readonly [CreateServerSessionRequest, CreateServerSessionResponse];
  readonly searchServerSessions: readonly [SearchServerSessionsRequest, SearchServerSessionsResponse];
  readonly terminateServerSession: readonly [TerminateServerSessionRequest, TerminateServerSessionResponse];
  readonly describePlayerSessions: readonly [DescribePlayerSessionsRequest, DescribePlayerSessionsResponse];
  readonly reportCustomData: readonly [ReportCustomDataRequest, ReportCustomDataResponse];
  readonly disconnectPlayerSession: readonly [DisconnectPlayerSessionRequest, DisconnectPlayerSessionResponse];
};
type Method = keyof Contract;

export type OpenCall<Request = unknown> = {
  readonly callId: number;
  readonly caller: string;
  readonly method: string;
  readonly request: Request;
  readonly startedMs: number;
  /** Number of the observation that showed it. */
  readonly startedTick: number;
};

/** Whether `call` is one of `method`: its request is then the contract's. */
export function isCallOf<Name extends Method>(
  call: OpenCall | undefined,
  method: Name,
): call is OpenCall<Contract[Name][0]> {
  return call?.method === method;
}

/** The response of a call of `method` that was carried out; undefined if it was refused or its outcome is unknown. */
export function okOf<Name extends Method>(
  call: OpenCall,
  method: Name,
  outcome: Outcome,
): Contract[Name][1] | undefined {
  return "ok" in outcome && isResponseOf(call, method, outcome.ok) ? outcome.ok : undefined;
}

function isResponseOf<Name extends Method>(call: OpenCall, method: Name, ok: unknown): ok is Contract[Name][1] {
  return call.method === method && ok !== undefined;
}
