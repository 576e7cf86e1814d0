// The first scenes: strangers are turned away, the process becomes ready, a battle begins.
import { systemClock } from "@muster/kit";
import { grpcNetwork } from "@muster/proto/grpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { ChangeReason, SessionState } from "@muster/proto/session";
import { demand, demandRefusal } from "../check-book.ts";
import { type Game, nextChange, type Scene } from "./scene.ts";

export async function token({ under, book }: Scene): Promise<void> {
  if (under.token === "") return book.skip("TOKEN");
  const { network = grpcNetwork } = under;
  await book.run("TOKEN", async () => {
    for (const wrong of ["", `${under.token}x`]) {
      await using peer = network.connect(under.address, { token: wrong });
      const stranger = peer.client(GameServerServiceDefinition);
      await demandRefusal(
        "a stranger's ProcessReady",
        stranger.processReady({ ports: {}, concurrentSessions: 4 }),
        "CREDENTIALS_INVALID",
      );
      await demandRefusal("a stranger's Watch", first(stranger), "CREDENTIALS_INVALID");
    }
  });
}

async function first(game: Game): Promise<unknown> {
  const request = { sdkName: "stranger", sdkVersion: "", sdkLanguage: "", resumeAfter: {} };
  for await (const message of game.watch(request)) return message;
  return undefined;
}

export async function ready({ game, book, under }: Scene): Promise<void> {
  await book.run("READY", async () => {
    const words = { ports: {}, concurrentSessions: 4 };
    await demandRefusal("port 0", game.processReady({ ...words, ports: { game: 0 } }), "FIELD_INVALID");
    await demandRefusal("1,001 sessions", game.processReady({ ...words, concurrentSessions: 1_001 }), "FIELD_INVALID");
    await game.processReady(words);
    await game.processReady(words);
    await demandRefusal("other words", game.processReady({ ...words, concurrentSessions: 2 }), "PHASE_CONFLICT");
    await under.stage.untilProcess(({ attached }) => attached);
  });
}

const NOBODY = "bs_of_nobody";

/** Begins a battle of ann and ben, and lets it come alive. Resolves with its id. */
export async function battle({ under, game, book, ear }: Scene): Promise<string | undefined> {
  const id = await under.stage.place(["ann", "ben"]);
  const isStarted = await book.run("START", async () => {
    const event = await ear.next("StartBattleSession", ({ $case }) => $case === "startBattleSession");
    if (event.$case !== "startBattleSession") return;
    const { session, activateBy } = event.value;
    demand(session?.battleSessionId === id, `it is of ${session?.battleSessionId}`);
    demand(session.state === SessionState.ACTIVATING, `its state is ${session.state}`);
    demand(session.properties.map === "dust" && session.data === "conformance", "its properties or data are others");
    demand((activateBy?.getTime() ?? 0) > systemClock.wallMs(), "there is no time to activate it");
  });
  if (!isStarted) return undefined;
  await book.run("UNKNOWN", () => unknownIds(game));
  const isActive = await book.run("ACTIVATE", async () => {
    await game.activateBattleSession({ battleSessionId: id });
    const change = await nextChange(ear, ChangeReason.SESSION_ACTIVATED);
    demand(
      change.state === SessionState.ACTIVE && change.address !== undefined,
      "the change tells no state or address",
    );
    const seated = change.added.map(({ playerId }) => playerId);
    demand(seated.join() === "ann,ben", `${seated.join() || "nobody"} got a seat`);
    await game.activateBattleSession({ battleSessionId: id });
  });
  return isActive ? id : undefined;
}

async function unknownIds(game: Game): Promise<void> {
  const accept = { playerSessionId: "ps_of_nobody", requestId: "r1", reconnectSecret: "" };
  const [battleSessionId, requestId] = [NOBODY, "r1"];
  const start = { battleSessionId, strategy: 1, addPlayers: {}, replace: false, requestId } as const;
  for (const [what, call, ...reasons] of [
    ["ActivateBattleSession", () => game.activateBattleSession({ battleSessionId }), "SERVER_SESSION_NOT_FOUND"],
    ["TerminateBattleSession", () => game.terminateBattleSession({ battleSessionId }), "SERVER_SESSION_NOT_FOUND"],
    ["AcceptPlayerSession", () => game.acceptPlayerSession(accept), "PLAYER_SESSION_NOT_FOUND"],
    [
      "RemovePlayerSession",
      () => game.removePlayerSession({ playerSessionId: "ps_of_nobody" }),
      "PLAYER_SESSION_NOT_FOUND",
    ],
    ["StartBackfill", () => game.startBackfill(start), "BATTLE_SESSION_NOT_FOUND"],
    ["a malformed session id", () => game.activateBattleSession({ battleSessionId: "a b" }), "ID_MALFORMED"],
    [
      "a malformed seat id",
      () => game.acceptPlayerSession({ ...accept, playerSessionId: "a\n" }),
      "FIELD_INVALID",
      "ID_MALFORMED",
    ],
    ["no request id", () => game.acceptPlayerSession({ ...accept, requestId: "" }), "ID_MALFORMED", "FIELD_INVALID"],
  ] as const) {
    await demandRefusal(what, call(), ...reasons);
  }
}
