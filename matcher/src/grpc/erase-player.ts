import { parsePlayerId } from "@muster/proto";
import type { PlayerDataServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { erasePlayer as erase } from "../erasures.ts";
import type { Desk } from "./desk.ts";

export function erasePlayer(desk: Desk): Handlers<PlayerDataServiceDefinition>["erasePlayer"] {
  return async (message, { signal }) => {
    await erase(desk, parsePlayerId("player_id", message.playerId), signal);
    return {};
  };
}
