// What a game says that is not so. A fleet has to refuse all of it, and to change nothing for it.
import type { HostCommandBody } from "../simulated/simulated-sidecar.ts";

export type Lie = "ACTIVATES_TWICE" | "ACCEPTS_UNKNOWN" | "REPORTS_NONSENSE";

const seat = (playerSessionId: string): HostCommandBody => ({
  $case: "acceptSeat",
  value: { playerSessionId, requestId: "lie", reconnectSecret: "", givenReconnectSecret: "" },
});

/** The commands of each lie; `sessionId` is a session of the process. */
export const LIE_COMMANDS: Readonly<Record<Lie, (sessionId: string) => readonly (HostCommandBody | undefined)[]>> = {
  ACTIVATES_TWICE: (battleSessionId) => [{ $case: "activateSession", value: { battleSessionId } }],
  ACCEPTS_UNKNOWN: (sessionId) => [seat("ps_of_nobody"), seat(sessionId), seat("")],
  REPORTS_NONSENSE: () => [
    { $case: "activateSession", value: { battleSessionId: "bs_of_nobody" } },
    { $case: "endSession", value: { battleSessionId: "not an id" } },
    { $case: "processReady", value: { ports: { game: 0 }, concurrentSessions: -5 } },
    { $case: "disconnectSeat", value: { playerSessionId: "ps_of_nobody" } },
    { $case: "processStarted", value: { pid: -1 } },
    undefined,
  ],
};
