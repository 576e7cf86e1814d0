// The last scenes: the session ends, health is asked for, and the process with it.
import { systemClock } from "@muster/kit";
import { ChangeReason, SessionState } from "@muster/proto/session";
import { demand, demandRefusal } from "../check-book.ts";
import { type GameEvent, openGameEar } from "../game-ear.ts";
import { nextChange, type Scene } from "./scene.ts";

export async function sessionEnd({ book, game, ear, under }: Scene, id: string): Promise<void> {
  await book.run("SESSION_END", async () => {
    await under.stage.endSession(id);
    await nextChange(ear, ChangeReason.SESSION_TERMINATING);
    await game.reportCustomData({ battleSessionId: id, currentCount: 99, maxCount: 99 });
    await game.terminateBattleSession({ battleSessionId: id });
    const change = await nextChange(ear, ChangeReason.SESSION_ENDED);
    demand(change.state === SessionState.TERMINATED, "the session is not TERMINATED");
    const { customData, endCause } = await under.stage.until(id, ({ state }) => state === "TERMINATED");
    demand(endCause === "TERMINATED", `it ended by ${endCause}`);
    demand(customData?.currentCount === 99, "its last numbers were lost");
    await game.terminateBattleSession({ battleSessionId: id });
  });
}

export async function health(scene: Scene): Promise<void> {
  const { book, under } = scene;
  const { healthIntervalMs, healthTimeoutMs } = under;
  const isCheck = ({ $case }: GameEvent) => $case === "healthCheck";
  if (healthIntervalMs === 0) {
    book.skip("HEALTH", "UNHEALTHY");
    return await ending(scene);
  }
  await book.run("HEALTH", async () => {
    const ids = new Set<string>();
    let lastMs = 0;
    for (let count = 0; count < 4; count += 1) {
      const event = await scene.ear.next("HealthCheck", isCheck, 5 * healthIntervalMs + 5_000);
      demand(event.$case === "healthCheck" && event.value.checkId !== "", "a check has no id");
      demand(event.value.timeoutMs === healthTimeoutMs, `a check may take ${event.value.timeoutMs} ms`);
      ids.add(event.value.checkId);
      const nowMs = systemClock.nowMs();
      // The first ones may have waited to be looked at.
      if (count > 1) demand(nowMs - lastMs > healthIntervalMs / 2, `two checks came ${nowMs - lastMs} ms apart`);
      lastMs = nowMs;
    }
    demand(ids.size === 4, "two checks have one id");
  });
  await ending(scene);
}

async function ending(scene: Scene): Promise<void> {
  const { book, game, under } = scene;
  if (under.healthIntervalMs > 0) {
    await book.run("UNHEALTHY", async () => {
      scene.ear.close();
      scene.ear = openGameEar(game, {}, false);
      const withinMs = under.healthIntervalMs + 4 * under.healthTimeoutMs + 10_000;
      const event = await scene.ear.next("ProcessTerminate", ({ $case }) => $case === "processTerminate", withinMs);
      demand(event.$case === "processTerminate", "");
      demand((event.value.deadline?.getTime() ?? 0) > systemClock.wallMs(), "the deadline has passed");
      demand(event.value.reason === "UNHEALTHY", `the reason is ${event.value.reason}`);
    });
  }
  await book.run("ENDING", async () => {
    await game.processEnding({});
    await game.processEnding({});
    await under.stage.untilProcess(({ state }) => state >= 3);
    await demandRefusal(
      "ProcessReady afterwards",
      game.processReady({ ports: {}, concurrentSessions: 4 }),
      "PHASE_CONFLICT",
    );
  });
}
