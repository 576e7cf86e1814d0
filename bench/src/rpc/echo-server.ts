// The floor, as a process: a bare grpc-js server that decodes the same requests and encodes answers of the same shape,
// decides nothing and writes nothing. Its first line of output is its address. Ends with whoever started it.
import { type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import { watchLifeline } from "@muster/kit/processes";
import {
  FleetServiceDefinition,
  PlacementState,
  type StartPlacementRequest,
  type StartPlacementResponse,
} from "@muster/proto/fleet";
import {
  MatchmakingServiceDefinition,
  type StartMatchingRequest,
  type StartMatchingResponse,
  TicketState,
} from "@muster/proto/matchmaking";
import {
  type AcceptPlayerSessionRequest,
  type AcceptPlayerSessionResponse,
  GameServerServiceDefinition,
} from "@muster/proto/sdk";
import { PlayerSessionState } from "@muster/proto/session";

type Method<Request, Response> = {
  readonly name: string;
  readonly requestType: { encode(message: Request): { finish(): Uint8Array }; decode(bytes: Uint8Array): Request };
  readonly responseType: { encode(message: Response): { finish(): Uint8Array }; decode(bytes: Uint8Array): Response };
};

const server = new Server();
serve(MatchmakingServiceDefinition.fullName, MatchmakingServiceDefinition.methods.startMatching, echoTicket);
serve(GameServerServiceDefinition.fullName, GameServerServiceDefinition.methods.acceptPlayerSession, echoSeat);
serve(FleetServiceDefinition.fullName, FleetServiceDefinition.methods.startPlacement, echoPlacement);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`127.0.0.1:${port}`);
});
watchLifeline(process.env).addEventListener("abort", () => process.exit(0));

function serve<Request, Response>(
  service: string,
  method: Method<Request, Response>,
  answer: (request: Request) => Response,
): void {
  const handler: handleUnaryCall<Request, Response> = ({ request }, callback) => callback(null, answer(request));
  const definition = {
    path: `/${service}/${method.name}`,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: (message: Request) => Buffer.from(method.requestType.encode(message).finish()),
    requestDeserialize: (bytes: Buffer) => method.requestType.decode(bytes),
    responseSerialize: (message: Response) => Buffer.from(method.responseType.encode(message).finish()),
    responseDeserialize: (bytes: Buffer) => method.responseType.decode(bytes),
  };
  server.addService({ call: definition }, { call: handler });
}

function echoTicket({ ticketId, configuration, players }: StartMatchingRequest): StartMatchingResponse {
  const createdAt = new Date();
  return {
    ticket: {
      ticketId,
      configuration,
      state: TicketState.SEARCHING,
      version: 1,
      players,
      createdAt,
      timesOutAt: createdAt,
      matchId: "",
      assignment: undefined,
      cause: "",
      returns: 0,
    },
  };
}

function echoPlacement({ placementId, queue, owner }: StartPlacementRequest): StartPlacementResponse {
  const ended = { session: undefined, failure: "", endedAt: undefined, attempts: 0, battleSessionId: "" };
  return { placement: { placementId, queue, owner, state: PlacementState.PENDING, createdAt: new Date(), ...ended } };
}

function echoSeat({ playerSessionId, requestId }: AcceptPlayerSessionRequest): AcceptPlayerSessionResponse {
  return {
    battleSessionId: "match_00000000000000000000000000.1",
    playerSession: {
      playerSessionId,
      playerId: "player-000000",
      team: "all",
      ticketId: "ticket_00000000000000000000000000",
      state: PlayerSessionState.ACTIVE,
      attributes: {},
      expiresAt: undefined,
      traceparent: "",
    },
    reconnectSecret: requestId,
  };
}
