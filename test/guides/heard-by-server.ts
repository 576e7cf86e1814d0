// The life of one battle with auto backfill, lived by real processes: what was done to it, and what its server heard of that.
import { fileURLToPath } from "node:url";
import type { Ticket } from "@muster/cli";
import { openDemoWorld } from "../demo/demo-world.ts";
import { GameClient } from "../demo/game-client.ts";
import type { ServerReport } from "../demo/server-protocol.ts";

const CONFIG = fileURLToPath(new URL("muster.json", import.meta.url));
/** Most of it is no wait at all; a busy machine takes its time. */
const HEARD_WITHIN_MS = 60_000;

/** One call of `onBattleSessionUpdated`. */
export type Heard = {
  readonly reason: string;
  /** Names of the added and the removed. */
  readonly players: readonly string[];
  /** "SEARCHING", "PAUSED (FULL)". */
  readonly backfill: string;
};

export type Chapter = {
  readonly did: string;
  /** To the server, to the matcher, to Muster. */
  readonly by: "a player" | "a backend" | "the server" | "nobody";
  readonly heard: readonly Heard[];
};

type Updated = ServerReport & { readonly heard: "onBattleSessionUpdated" };

/** Lives it all, in a quarter of a minute. Rejects if the server does not hear what ends a chapter. */
export async function hearBackfill(signal: AbortSignal): Promise<readonly Chapter[]> {
  await using world = await openDemoWorld(signal, CONFIG);
  const chapters: Chapter[] = [];
  const names = new Map<string, string>();
  const [ann, ben] = [await world.startTicket("duel"), await world.startTicket("duel")];
  const [annSeat, benSeat] = [seatOf(await ann.becomes("COMPLETED")), seatOf(await ben.becomes("COMPLETED"))];
  names.set(annSeat.playerId, "ann").set(benSeat.playerId, "ben");
  const address = annSeat.address;
  await using listener = await GameClient.connect(address);
  await listener.ask({ ask: "listen" });

  let heardSoFar = 0;
  /** Does it, and waits until the server has heard the last of it. */
  const chapter = async (
    [by, did]: readonly [Chapter["by"], string],
    act: () => Promise<unknown>,
    last: Partial<Updated>,
  ) => {
    await act();
    const isLast = (report: ServerReport) =>
      report.heard === "onBattleSessionUpdated" &&
      Object.entries(last).every(([key, value]) => report[key as keyof Updated] === value);
    const { reports } = listener;
    const found = await reports.see(did, isLast, { from: heardSoFar, withinMs: HEARD_WITHIN_MS });
    const end = reports.items.indexOf(found, heardSoFar) + 1;
    const heard = reports.items.slice(heardSoFar, end).flatMap((report) => describe(report, names));
    heardSoFar = end;
    chapters.push({ did, by, heard });
  };
  const come = async (name: string) => {
    const ticket = await world.startTicket("duel");
    const seat = seatOf(await ticket.becomes("COMPLETED"));
    names.set(seat.playerId, name);
    return seat;
  };
  const join = (client: GameClient, seat: Seat, reconnectSecret?: string) =>
    client.ask({
      ask: "join",
      playerSessionId: seat.playerSessionId,
      ...(reconnectSecret === undefined ? {} : { reconnectSecret }),
    });

  await using annClient = await GameClient.connect(address);
  await using benClient = await GameClient.connect(address);
  await using danClient = await GameClient.connect(address);
  await using eveClient = await GameClient.connect(address);
  const [searching, full] = [{ backfill: "SEARCHING" }, { backfill: "PAUSED", cause: "FULL" }] as const;

  let team = "";
  await chapter(
    ["a player", "ann joins"],
    async () => {
      team = (await join(annClient, annSeat)).team ?? "";
    },
    { reason: "PLAYER_ACCEPTED" },
  );
  await chapter(["a player", "ben joins"], () => join(benClient, benSeat), { reason: "PLAYER_ACCEPTED" });
  await chapter(["a player", "ann leaves"], () => annClient.ask({ ask: "leave" }), searching);
  await chapter(["a backend", "cleo asks for a match"], () => come("cleo"), { reason: "PLAYERS_ADDED", ...full });
  await chapter(["nobody", "cleo never comes"], async () => undefined, searching);
  let dan: Seat | undefined;
  await chapter(
    ["a backend", "dan asks for a match"],
    async () => {
      dan = await come("dan");
    },
    { reason: "PLAYERS_ADDED", ...full },
  );
  const danSeat = present(dan);
  let secret: string | undefined;
  await chapter(
    ["a player", "dan joins"],
    async () => {
      secret = (await join(danClient, danSeat)).reconnectSecret;
    },
    { reason: "PLAYER_ACCEPTED" },
  );
  await chapter(["a player", "dan's connection breaks"], () => danClient.ask({ ask: "break" }), {
    reason: "PLAYER_DISCONNECTED",
  });
  await chapter(["a player", "dan comes back"], () => join(danClient, danSeat, secret), { reason: "PLAYER_RETURNED" });
  await chapter(["a player", "it breaks again, for good"], () => danClient.ask({ ask: "break" }), searching);
  await chapter(
    ["the server", "setCreationPolicy(DENY_ALL)"],
    () => listener.ask({ ask: "policy", policy: "DENY_ALL" }),
    {
      cause: "DENY_ALL",
    },
  );
  await chapter(
    ["the server", "setCreationPolicy(ACCEPT_ALL)"],
    () => listener.ask({ ask: "policy", policy: "ACCEPT_ALL" }),
    searching,
  );
  await chapter(["the server", "cancelBackfill()"], () => listener.ask({ ask: "cancel-backfill" }), {
    backfill: "CANCELLED",
  });
  await chapter(
    ["the server", "startBackfill(CUSTOM, 1)"],
    () => listener.ask({ ask: "backfill", addPlayers: { [team]: 1 } }),
    searching,
  );
  let eve: Seat | undefined;
  await chapter(
    ["a backend", "eve asks for a match"],
    async () => {
      eve = await come("eve");
    },
    { reason: "PLAYERS_ADDED" },
  );
  await chapter(["a player", "eve joins"], () => join(eveClient, present(eve)), { backfill: "COMPLETED" });
  return chapters;
}

type Seat = {
  readonly playerId: string;
  readonly playerSessionId: string;
  readonly address: Parameters<typeof GameClient.connect>[0];
};

function seatOf({ ticketId, assignment }: Ticket): Seat {
  const own = assignment?.players.find((player) => player.ticketId === ticketId);
  const { address } = assignment ?? {};
  if (own?.playerSessionId === undefined || !address) throw new Error(`Cannot find the seat of ${ticketId}`);
  return { playerId: own.playerId, playerSessionId: own.playerSessionId, address };
}

function describe(report: ServerReport, names: ReadonlyMap<string, string>): readonly Heard[] {
  if (report.heard !== "onBattleSessionUpdated") return [];
  const { reason, added, removed, backfill = "none", cause } = report;
  const players = [...added, ...removed].map((playerId) => names.get(playerId) ?? playerId);
  return [{ reason, players, backfill: cause === undefined ? backfill : `${backfill} (${cause})` }];
}

function present(seat: Seat | undefined): Seat {
  if (!seat) throw new Error("Cannot go on as nobody was seated");
  return seat;
}
