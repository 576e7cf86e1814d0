// A dedicated server in a few lines, on the real SDK: it loads battles, lets players in, ends battles, asks for more players,
// and misbehaves now and then as games do.
import { type AcceptedPlayer, type BattleSession, connectWith, MusterError, type Sidecar } from "@muster/sdk";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import { overhear } from "../engine/overheard-network.ts";
import type { GameHeard } from "../observation.ts";
import { type Eyes, eyesOf } from "./eyes.ts";
import { createFillApproval } from "./fill-approval.ts";
import type { Knobs } from "./knobs.ts";

export interface Game {
  readonly life: Life;
  /** Resolves with how it ended. */
  readonly exited: Promise<string>;
  /** A client presents its player session id: what the game answers it. Never answers once the game is dead. */
  join(playerSessionId: string, reconnectSecret?: string): Promise<AcceptedPlayer>;
  /** Ends at once, with this for its supervisor to hear. */
  end(how: string): void;
  /** SIGTERM. */
  terminate(): void;
}

export type GameParts = {
  readonly life: Life;
  /** Address of its sidecar. */
  readonly sidecar: string;
  readonly token: string;
  readonly chance: Chance;
  readonly knobs: Knobs;
  readonly eyes: Eyes;
};

/** Before the next try of a call that nobody answered, in ms. */
const AGAIN_MS = 500;
/** Backfill by the server's own will, in the configurations that leave it to the server. */
const MANUAL = "manual";

export function startGame({ life, sidecar: address, token, chance, knobs, eyes: everybodys }: GameParts): Game {
  const { clock, node } = life;
  const eyes = eyesOf(life, everybodys);
  const exited = Promise.withResolvers<string>();
  const connected = Promise.withResolvers<Sidecar>();
  const misbehaves = () => chance.happens(knobs.mischiefRatio);
  const end = (how: string) => {
    if (life.dead) return;
    life.kill();
    everybodys.see({ type: "life", node, how });
    exited.resolve(how);
  };
  /** A call that may fail as calls do; whoever plays goes on. */
  const ignoreRefusal = (error: unknown) => {
    if (!(error instanceof MusterError)) eyes.fail(error);
  };
  const attempt = (work: Promise<unknown>) => void work.catch(ignoreRefusal);
  const hear = (type: "start" | "update", session: BattleSession, reason?: string) => {
    const { battleSessionId, revision } = session;
    const players = session.players.map(({ playerSessionId, team }) => ({ playerSessionId, team }));
    eyes.see({ type: "game-heard", node, heard: { type, session: { battleSessionId, revision, players }, reason } });
  };

  const load = async (session: BattleSession) => {
    hear("start", session);
    await clock.sleep(chance.fraction() * knobs.loadMsMax);
    if (misbehaves()) {
      const kind = chance.below(5);
      if (kind === 0) return; // It hangs while it loads.
      if (kind === 1) return end("exit during activation");
      if (kind === 2) throw new Error("The map is broken");
      if (kind === 3) attempt(session.activate()); // Twice.
      if (kind === 4) await clock.sleep(knobs.activationSeconds * 1_000); // Too late, perhaps.
    }
    await session.activate();
    attempt(host(session));
  };
  /** What the game does of its own will while a battle lasts. */
  const host = async (session: BattleSession) => {
    const endsMs = clock.nowMs() + chance.between({ min: 0.5, max: 1.5 }) * knobs.battleMs;
    if (session.properties.backfill === MANUAL) attempt(backfill(session, endsMs));
    if (chance.happens(knobs.doorRatio)) attempt(keepDoor(session));
    for (let looks = 1; session.state === "ACTIVE"; looks += 1) {
      attempt(session.reportCustomData({ currentCount: looks, maxCount: session.capacity }));
      attempt(describe(session.battleSessionId));
      await clock.sleep(Math.max(Math.min(endsMs - clock.nowMs(), knobs.battleMs / 4), AGAIN_MS));
      const isEmpty = session.players.length === 0;
      // Again, as long as nobody answers: a battle that is over must not hold its server.
      if (isEmpty || clock.nowMs() >= endsMs) await session.terminate().catch(ignoreRefusal);
    }
  };
  const describe = async (battleSessionId: string) => {
    const sidecar = await connected.promise;
    await sidecar.describePlayerSessions({ battleSessionId });
  };
  const backfill = async (session: BattleSession, endsMs: number) => {
    while (session.state === "ACTIVE" && clock.nowMs() < endsMs) {
      await clock.sleep(chance.wait(knobs.battleMs / 5));
      if (session.state !== "ACTIVE") return;
      const ask = chance.below(6);
      if (ask <= 2) {
        const replace = chance.happens(0.3);
        // The teams that somebody left can be filled; to add to all of them is mostly too much.
        const open = session.teams.filter(({ name, capacity }) => {
          return session.players.filter((player) => player.team === name).length < capacity;
        });
        const several = chance.happens(0.3) ? session.teams : open;
        // One for one side alone is in many battles no legal fill, until somebody leaves.
        const teams = chance.happens(0.3) ? several.slice(-1) : several;
        if (teams.length === 0) continue;
        const addPlayers = Object.fromEntries(teams.map(({ name }) => [name, 1]));
        attempt(session.startBackfill({ strategy: "CUSTOM", addPlayers, replace }));
      } else if (ask === 3) attempt(session.startBackfill({ strategy: "MAX_POSSIBLE" }));
      else if (ask === 4) attempt(session.cancelBackfill());
      else attempt(session.describeBackfill());
    }
  };
  const keepDoor = async (session: BattleSession) => {
    while (session.state === "ACTIVE") {
      await session.setCreationPolicy("DENY_ALL");
      // Some think better of it at once.
      await clock.sleep(chance.happens(0.3) ? 0 : chance.wait(knobs.battleMs / 8));
      if (session.state === "ACTIVE") await session.setCreationPolicy("ACCEPT_ALL");
      await clock.sleep(chance.wait(knobs.battleMs / 3));
    }
  };

  const run = async () => {
    await clock.sleep(chance.fraction() * knobs.loadMsMax);
    const sidecar = await connectWith({
      network: overhear(life.network, { caller: node, see: eyes.see, nextCallId: eyes.nextCallId }),
      address,
      token,
      clock,
      random: chance,
      exit: (code) => end(`exit ${code}`),
    });
    sidecar.onError((error, { where }) => {
      eyes.see({ type: "log", node, text: `${where}: ${error instanceof Error ? error.message : String(error)}` });
    });
    sidecar.onStartBattleSession(load);
    sidecar.onBattleSessionUpdated(async ({ session, reason }) => {
      hear("update", session, reason);
      if (reason === "SESSION_TERMINATING" && !misbehaves()) await session.terminate();
    });
    // A game that never heard of it is asked all the same, and lets nobody in.
    if (knobs.approvalMs !== undefined && !chance.happens(knobs.mischiefRatio / 3)) {
      const see = (heard: GameHeard) => eyes.see({ type: "game-heard", node, heard });
      sidecar.approveFill(createFillApproval({ life, chance, knobs, see, end }));
    }
    if (knobs.mischiefRatio > 0) sidecar.onHealthCheck(() => !chance.happens(knobs.mischiefRatio / 20));
    sidecar.onProcessTerminate(async ({ reason }) => {
      eyes.see({ type: "game-heard", node, heard: { type: "terminate", reason } });
      if (misbehaves()) return; // It goes on as if nothing had been said.
      await sidecar.processEnding();
      end("exit 0");
    });
    if (misbehaves()) attempt(sidecar.acceptPlayerSession("ps_of_nobody"));
    await sidecar.processReady({ ports: {}, concurrentSessions: knobs.concurrentSessions });
    connected.resolve(sidecar);
    await sidecar.finished;
  };
  run().catch((error: unknown) => {
    if (error instanceof MusterError) end("exit 1");
    else eyes.fail(error);
  });

  return {
    life,
    exited: exited.promise,
    end,
    terminate: () => life.enter(() => end("SIGTERM")),
    async join(playerSessionId, reconnectSecret) {
      const sidecar = await connected.promise;
      if (misbehaves()) await clock.sleep(chance.wait(2_000)); // It answers late.
      return await life.within(sidecar.acceptPlayerSession(playerSessionId, { reconnectSecret }));
    },
  };
}
