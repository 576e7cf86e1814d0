// Scenes of a battle's players: they come, leave, return and are removed; policy, numbers and backfill.
import { systemClock } from "@muster/kit";
import { ChangeReason, CreationPolicy } from "@muster/proto/session";
import { demand, demandRefusal } from "../check-book.ts";
import { type Game, isChange, nextChange, type Scene, seatOf } from "./scene.ts";

const SELECT = { battleSessionId: "", playerId: "", playerSessionId: "", state: 0 } as const;

export async function roster(scene: Scene, id: string): Promise<void> {
  const { book, game, ear, under } = scene;
  const requestOf = (playerId: string, requestId: string, reconnectSecret = "") => ({
    ...{ playerSessionId: seatOf(ear, id, playerId).playerSessionId, requestId, reconnectSecret },
  });
  let secret = "";
  await book.run("ACCEPT", async () => {
    const accepted = await game.acceptPlayerSession(requestOf("ann", "r1"));
    secret = accepted.reconnectSecret;
    demand(accepted.battleSessionId === id && secret !== "", "the answer lacks session or secret");
    demand(accepted.playerSession?.state === 2, `the seat is answered in state ${accepted.playerSession?.state}`);
    const change = await nextChange(ear, ChangeReason.PLAYER_ACCEPTED);
    demand(change.updated[0]?.playerId === "ann", "the change tells of another");
    const again = await game.acceptPlayerSession(requestOf("ann", "r1"));
    demand(again.reconnectSecret === secret, "a repeat got another secret");
    await demandRefusal(
      "a second accept",
      game.acceptPlayerSession(requestOf("ann", "r2")),
      "PLAYER_SESSION_ALREADY_ACCEPTED",
    );
  });
  await book.run("DISCONNECT", async () => {
    const { playerSessionId } = seatOf(ear, id, "ann");
    const { expiresAt } = await game.disconnectPlayerSession({ playerSessionId });
    demand((expiresAt?.getTime() ?? 0) > systemClock.wallMs(), "the seat is held until no time");
    await nextChange(ear, ChangeReason.PLAYER_DISCONNECTED);
    await game.disconnectPlayerSession({ playerSessionId });
    for (const wrong of ["", "another"]) {
      await demandRefusal(
        "a return",
        game.acceptPlayerSession(requestOf("ann", `r3${wrong}`, wrong)),
        "RECONNECT_SECRET_WRONG",
      );
    }
    await game.acceptPlayerSession(requestOf("ann", "r4", secret));
    await nextChange(ear, ChangeReason.PLAYER_RETURNED);
  });
  await book.run("REMOVE", async () => {
    const request = requestOf("ben", "r5");
    const { playerSessionId } = request;
    await game.removePlayerSession({ playerSessionId });
    const change = await nextChange(ear, ChangeReason.PLAYER_REMOVED);
    demand(change.removed[0]?.playerSessionId === playerSessionId, "the change tells of another");
    await game.removePlayerSession({ playerSessionId });
    await demandRefusal("an accept afterwards", game.acceptPlayerSession(request), "PLAYER_SESSION_ENDED");
  });
  await book.run("SEATED", async () => {
    await under.stage.seat(id, ["cleo", "dan"]);
    const change = await nextChange(ear, ChangeReason.PLAYERS_ADDED);
    const names = change.added.map(({ playerId }) => playerId).join();
    demand(names === "cleo,dan", `${names} were added`);
  });
  await book.run("POLICY", async () => {
    const set = (creationPolicy: CreationPolicy) =>
      game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy });
    await demandRefusal("no policy", set(CreationPolicy.UNSPECIFIED), "FIELD_INVALID");
    for (const policy of [CreationPolicy.DENY_ALL, CreationPolicy.ACCEPT_ALL]) {
      await set(policy);
      const change = await nextChange(ear, ChangeReason.CREATION_POLICY_CHANGED);
      demand(change.creationPolicy === policy, "the change tells of another");
    }
  });
  await book.run("DESCRIBE", async () => {
    const describe = async (selection: Partial<Parameters<Game["describePlayerSessions"]>[0]>) => {
      const { playerSessions } = await game.describePlayerSessions({ ...SELECT, ...selection });
      return playerSessions.map(({ playerSession }) => `${playerSession?.playerId} ${playerSession?.state}`).join();
    };
    const heard = (ear.sessions.get(id)?.playerSessions ?? []).map(({ playerId }) => playerId).join();
    const told = await describe({ battleSessionId: id });
    demand(told === "ann 2,cleo 1,dan 1", `${told} are there; ${heard} were heard of`);
    demand((await describe({ playerId: "cleo" })) === "cleo 1", "cleo's seats are others");
    const { playerSessionId } = seatOf(ear, id, "dan");
    demand((await describe({ playerSessionId })) === "dan 1", "dan's seat is another");
    demand((await describe({ battleSessionId: id, state: 2 })) === "ann 2", "others are ACTIVE");
    await demandRefusal("no selection", describe({}), "FIELD_INVALID");
    await demandRefusal("two of them", describe({ battleSessionId: id, playerId: "ann" }), "FIELD_INVALID");
  });
  await book.run("CUSTOM_DATA", async () => {
    for (let currentCount = 1; currentCount <= 50; currentCount += 1) {
      await game.reportCustomData({ battleSessionId: id, currentCount, maxCount: 50 });
    }
    await under.stage.until(id, ({ customData }) => customData?.currentCount === 50, 5_000);
    const heard = ear.events.filter((event) => isChange(event) && event.value.customData !== undefined);
    demand(heard.length <= 10, `${heard.length} changes were made of fifty reports at once`);
  });
  await book.run("BACKFILL", async () => {
    await game.startBackfill({
      ...{ battleSessionId: id, strategy: 1, addPlayers: {}, replace: false, requestId: "r6" },
    });
    await game.describeBackfill({ battleSessionId: id });
    await game.cancelBackfill({ battleSessionId: id, requestId: "r7" });
    const { revision } = await under.stage.describe(id);
    const calls = under.stage.matcherCalls;
    const methods = calls.map(({ method }) => method).join();
    demand(methods === "startBackfill,describeBackfill,cancelBackfill", `${methods} reached the matcher`);
    for (const { battleSessionId, capability, seenRevision } of calls) {
      demand(battleSessionId === id && capability !== "", "a call carries no capability");
      demand(seenRevision > 0 && seenRevision <= revision, `a call says that revision ${seenRevision} was seen`);
    }
  });
}
