// A server that came from Nakama: an authoritative match handler, whose functions take the state and give it back, on a
// process of its own. `hostMatches` is the runtime that calls it; the handler in `tally` is as it was.
import type { BattleSession, Sidecar } from "@muster/sdk";
import { doorOf, type PortedServer } from "./door.ts";

/** The part of a match handler that knows of players. `undefined` ends the match, as `null` did. */
export type MatchHandler<State> = {
  matchInit(params: Readonly<Record<string, string>>): State;
  matchJoinAttempt(state: State, player: string): { readonly accept: boolean };
  matchJoin(state: State, player: string): State;
  matchLeave(state: State, player: string): State | undefined;
};

/** A handler that counts who is here, and ends with the last one. */
export const tally: MatchHandler<{ readonly present: readonly string[]; readonly playersMax: number }> = {
  matchInit: (params) => ({ present: [], playersMax: Number(params.playersMax ?? 2) }),
  matchJoinAttempt: ({ present, playersMax }) => ({ accept: present.length < playersMax }),
  matchJoin: (state, player) => ({ ...state, present: [...state.present, player] }),
  matchLeave(state, player) {
    const present = state.present.filter((one) => one !== player);
    return present.length > 0 ? { ...state, present } : undefined;
  },
};

export async function hostMatches<State>(
  sidecar: Sidecar,
  handler: MatchHandler<State>,
): Promise<PortedServer & { stateOf(battleSessionId: string): State | undefined }> {
  const door = doorOf(sidecar);
  const states = new Map<string, State>();
  const left = async (session: BattleSession, player: string) => {
    const state = states.get(session.battleSessionId);
    if (state === undefined) return;
    const next = handler.matchLeave(state, player);
    if (next !== undefined) return void states.set(session.battleSessionId, next);
    states.delete(session.battleSessionId);
    await session.terminate();
  };

  // registerMatchmakerMatched → matchCreate → matchInit. Nobody has to create a match: the matcher has one placed here.
  sidecar.onStartBattleSession(async (session) => {
    states.set(session.battleSessionId, handler.matchInit(session.properties));
    await session.activate();
  });
  sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
    for (const { playerId } of removed) await left(session, playerId);
    if (reason === "SESSION_TERMINATING") await session.terminate(); // matchTerminate
    if (reason === "SESSION_ENDED") states.delete(session.battleSessionId);
  });
  await sidecar.processReady({ concurrentSessions: 100 }); // Many matches live in one process, as they did.

  return {
    stateOf: (battleSessionId) => states.get(battleSessionId),
    async enter(playerSessionId, reconnectSecret) {
      const visit = await door.enter(playerSessionId, reconnectSecret);
      const { player, session } = visit;
      if (reconnectSecret !== undefined) return visit; // It was in the match all the while.
      const state = states.get(session.battleSessionId);
      if (state === undefined || !handler.matchJoinAttempt(state, player.playerId).accept) {
        await player.remove(); // The seat was the player's: give it up, so that it can be filled.
        throw new Error(`Cannot let ${player.playerId} in as the match takes nobody`);
      }
      states.set(session.battleSessionId, handler.matchJoin(state, player.playerId));
      return visit;
    },
  };
}
