// What both floors serve: the two calls that are measured, decoded and encoded as ours are, with an answer of the same shape that
// nobody decides.
import {
  DescribePlayerSessionsRequest,
  DescribePlayerSessionsResponse,
  ReportHealthRequest,
  ReportHealthResponse,
} from "@muster/proto/sdk";
import { PlayerSession, PlayerSessionState } from "@muster/proto/session";

export type FloorMethod = {
  readonly path: string;
  /** Request bytes → answer bytes. */
  readonly answer: (bytes: Uint8Array) => Uint8Array;
};

const SERVICE = "/muster.sdk.v1.GameServerService";
const unknownSeat = PlayerSession.decode(new Uint8Array());

export const floorMethods: readonly FloorMethod[] = [
  {
    path: `${SERVICE}/DescribePlayerSessions`,
    answer(bytes) {
      const { playerSessionId } = DescribePlayerSessionsRequest.decode(bytes);
      const playerSession = {
        ...unknownSeat,
        playerSessionId,
        playerId: "player-000000",
        team: "all",
        state: PlayerSessionState.ACTIVE,
        attributes: { skill: 5 },
      };
      const battleSessionId = "match_00000000000000000000000000.1";
      return DescribePlayerSessionsResponse.encode({ playerSessions: [{ battleSessionId, playerSession }] }).finish();
    },
  },
  {
    path: `${SERVICE}/ReportHealth`,
    answer(bytes) {
      ReportHealthRequest.decode(bytes);
      return ReportHealthResponse.encode({}).finish();
    },
  },
];

/** Host and port that the floor is told to listen on, as a sidecar is. */
export function floorPort(): number {
  const { MUSTER_SIDECAR_BIND: bind = "" } = process.env;
  return Number(bind.slice(bind.lastIndexOf(":") + 1));
}
