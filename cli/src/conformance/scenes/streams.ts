// Scenes of the watch: it resumes, expires, is taken over, and nobody waits for one that takes nothing.
import { grpcNetwork } from "@muster/proto/grpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { ChangeReason, CreationPolicy } from "@muster/proto/session";
import { demand } from "../check-book.ts";
import { type GameEar, type GameEvent, openGameEar } from "../game-ear.ts";
import { waitFor } from "../stage.ts";
import { checkOrder, isChange, nextChange, type Scene } from "./scene.ts";

/** Callers at a time beside a reader that takes nothing, and calls of each. */
const CALLERS = 64;
const CALLS_EACH = 5;

export async function streams(scene: Scene, id: string): Promise<void> {
  const { book, game, under } = scene;
  const isOpened = ({ $case }: GameEvent) => $case === "opened";
  const revisionOf = (ear: GameEar) => ear.sessions.get(id)?.revision ?? 0;
  await book.run("RESUME", async () => {
    const before = revisionOf(scene.ear);
    const from = before - 3;
    checkOrder(scene);
    scene.ear.close();
    scene.ear = openGameEar(game, { [id]: from });
    await scene.ear.next("Opened", isOpened);
    await game.reportCustomData({ battleSessionId: id, currentCount: 51, maxCount: 51 });
    await nextChange(scene.ear, ChangeReason.CUSTOM_DATA_REPORTED);
    const kinds = scene.ear.events.filter(({ $case }) => $case !== "opened" && $case !== "healthCheck");
    const revisions = kinds.map((event) => (isChange(event) ? event.value.revision : event.$case));
    const first = kinds[0];
    demand(
      first !== undefined && isChange(first) && first.value.revision === from + 1,
      `after ${from} came ${revisions.join()}`,
    );
    demand(scene.ear.fault === undefined, scene.ear.fault ?? "");
  });
  await book.run("RESUME_EXPIRED", async () => {
    scene.ear.close();
    scene.ear = openGameEar(game, { [id]: 999_999, bs_long_over: 3 });
    const opened = await scene.ear.next("Opened", isOpened);
    demand(opened.$case === "opened", "");
    const over = opened.value.endedBattleSessionIds;
    demand(over.join() === "bs_long_over", `${over.join() || "nothing"} is named as over`);
    await scene.ear.next("SessionSnapshot", ({ $case }) => $case === "sessionSnapshot");
  });
  await book.run("ONE_WATCH", async () => {
    const older = scene.ear;
    scene.ear = openGameEar(game);
    await scene.ear.next("Opened", isOpened);
    await scene.ear.next("SessionSnapshot", ({ $case }) => $case === "sessionSnapshot");
    const why = await waitFor("the end of the older watch", 5_000, async () => older.ended);
    demand(why === "PHASE_CONFLICT", `the older watch ended with ${why}`);
  });
  await book.run("SLOW", async () => {
    checkOrder(scene);
    scene.ear.close();
    await using idle = (under.network ?? grpcNetwork).connect(under.address, { token: under.token });
    const request = { sdkName: "never reads", sdkVersion: "", sdkLanguage: "", resumeAfter: {} };
    const stalled = idle.client(GameServerServiceDefinition).watch(request)[Symbol.asyncIterator]();
    await stalled.next();
    const caller = async (index: number) => {
      for (let count = 0; count < CALLS_EACH; count += 1) {
        await game.reportCustomData(
          { battleSessionId: id, currentCount: index, maxCount: count },
          { deadlineMs: 10_000 },
        );
        if (index % 16 !== 0) continue;
        const creationPolicy = count % 2 === 0 ? CreationPolicy.DENY_ALL : CreationPolicy.ACCEPT_ALL;
        await game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy }, { deadlineMs: 10_000 });
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)));
    await stalled.return?.();
    scene.ear = openGameEar(game);
    await scene.ear.next("SessionSnapshot", ({ $case }) => $case === "sessionSnapshot");
    await game.updatePlayerSessionCreationPolicy({ battleSessionId: id, creationPolicy: CreationPolicy.ACCEPT_ALL });
  });
}
