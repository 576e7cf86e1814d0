// The scene of a fleet that is away for a while: what the sidecar answers by itself, and what it says when the fleet is back.
import type { BattleSession } from "@muster/proto";
import { demand, demandRefusal } from "../check-book.ts";
import { waitFor } from "../stage.ts";
import { checkOrder, type Scene, seatOf } from "./scene.ts";

export async function fleetAway(scene: Scene, id: string): Promise<void> {
  const { book, game, ear, under } = scene;
  const isAway = await book.run("AWAY", async () => {
    const [cleo, dan] = [seatOf(ear, id, "cleo"), seatOf(ear, id, "dan")];
    await under.stage.goAway();
    const accept = (playerSessionId: string) =>
      game.acceptPlayerSession({
        playerSessionId,
        requestId: `away ${playerSessionId}`.replaceAll(" ", "-"),
        reconnectSecret: "",
      });
    await waitFor("the sidecar to notice that its fleet is away", 20_000, async () =>
      demandRefusal("an unknown seat", accept("ps_of_nobody"), "FLEET_UNREACHABLE").then(
        () => true,
        () => undefined,
      ),
    );
    const { playerSession, reconnectSecret } = await accept(cleo.playerSessionId);
    demand(playerSession?.state === 2 && reconnectSecret !== "", "a known reservation was not accepted");
    demand((await accept(cleo.playerSessionId)).reconnectSecret === reconnectSecret, "a repeat got another secret");
    await game.removePlayerSession({ playerSessionId: dan.playerSessionId });
    await demandRefusal(
      "what only the fleet decides",
      game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy: 2 }),
      "FLEET_UNREACHABLE",
    );
  });
  await under.stage.comeBack();
  if (!isAway) return;
  await book.run("RETURN", async () => {
    const isReconciled = ({ playerSessions }: BattleSession) =>
      playerSessions.map(({ playerId, state }) => `${playerId} ${state}`).join() === "ann ACTIVE,cleo ACTIVE";
    const { revision } = await under.stage.until(id, isReconciled);
    await waitFor("the fleet's word on it", 10_000, async () =>
      (ear.sessions.get(id)?.revision ?? 0) >= revision ? true : undefined,
    );
    const session = ear.sessions.get(id);
    demand(session !== undefined && isReconciled(session), "the game heard something else than the fleet says");
    checkOrder(scene);
  });
}
