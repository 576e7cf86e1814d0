// A fleet that welcomes whoever comes, hands out one session with a seat, and never says anything again but that it lives: what
// a sidecar attends most of the time.
import { createChannel } from "@muster/kit";
import { type AttachResponse, HostServiceDefinition, StartSession, Welcome } from "@muster/proto/fleet";
import { serveGrpc } from "@muster/proto/grpc";
import { implement, type Listening } from "@muster/proto/rpc";
import { BattleSession, CreationPolicy, PlayerSession, PlayerSessionState, SessionState } from "@muster/proto/session";

/** The seat that every sidecar knows. */
export const SEAT_ID = "ps_0123456789abcdefghijklmnop";
const SESSION_ID = "match_00000000000000000000000000.1";

/** Serves HostService on a free port. */
export function serveStillFleet(): Promise<Listening> {
  const host = implement(HostServiceDefinition, {
    async *attach(requests) {
      const responses = createChannel<AttachResponse>();
      const reading = async () => {
        for await (const { message } of requests) {
          if (message?.$case === "hello") {
            responses.push({ message: { $case: "welcome", value: welcome } });
            responses.push({ message: { $case: "startSession", value: startSession } });
          } else if (message?.$case === "command") {
            const { commandId } = message.value;
            const value = { commandId, error: undefined, acceptedSeat: undefined, seatExpiresAt: undefined };
            responses.push({ message: { $case: "result", value } });
          } else if (message?.$case === "heartbeat") {
            responses.push({ message: { $case: "heartbeat", value: {} } });
          }
        }
      };
      reading().then(() => responses.close(), responses.close);
      yield* responses;
    },
  });
  return serveGrpc({ bind: "127.0.0.1:0", services: [host] });
}

const EMPTY = new Uint8Array();
const welcome: Welcome = {
  ...Welcome.decode(EMPTY),
  region: "local",
  heartbeatIntervalMs: 5_000,
  healthIntervalMs: 5_000,
  healthTimeoutMs: 2_500,
  healthMissesMax: 3,
  hostLostAfterMs: 120_000,
};
const seat = {
  ...PlayerSession.decode(EMPTY),
  playerSessionId: SEAT_ID,
  playerId: "player-000000",
  team: "all",
  state: PlayerSessionState.ACTIVE,
  attributes: { skill: 5 },
};
const startSession: StartSession = {
  ...StartSession.decode(EMPTY),
  session: {
    ...BattleSession.decode(EMPTY),
    battleSessionId: SESSION_ID,
    revision: 1,
    rosterVersion: 1,
    state: SessionState.ACTIVE,
    teams: [{ name: "all", template: "all", capacity: 10 }],
    capacity: 10,
    playerSessions: [seat],
    creationPolicy: CreationPolicy.ACCEPT_ALL,
    processId: "proc_bench",
    incarnation: 1,
    createdAt: new Date(0),
  },
  activateBy: new Date(0),
};
