// Those who look at the services from outside: watchers of all tickets and of one player's, who ask why some of them wait and what
// became of them, watchers of the
// fleet's sessions and placements, a lobby that needs no matcher, and an operator who looks, puts configurations, moves an alias and
// fleets, and ends battles.
import { MusterError } from "@muster/proto";
import { FleetServiceDefinition, RolloutMode } from "@muster/proto/fleet";
import { MatchmakingServiceDefinition, TicketState } from "@muster/proto/matchmaking";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import { type Chance, createChance } from "../engine/chance.ts";
import type { Life, Lives } from "../engine/life.ts";
import { overhear } from "../engine/overheard-network.ts";
import { change, createChanges } from "./changes.ts";
import type { Eyes } from "./eyes.ts";
import type { Knobs } from "./knobs.ts";
import { keepLobby } from "./lobby.ts";

export type OnlookersParts = {
  readonly seed: number;
  readonly lives: Lives;
  readonly knobs: Knobs;
  readonly eyes: Eyes;
};

/** A stream that broke is opened again after so long, in ms. */
const REOPEN_MS = 300;
/** Mean of how long a reader that looks away does so, in ms. */
const DAWDLE_MS = 4_000;
/** Tickets that are remembered to be asked about. */
const HEARD_MAX = 16;
/** Nothing heard for so long: the stream is dead, whatever the connection says. */
const SILENCE_MS = 20_000;

/** They look for as long as the world lasts, the lobby until it is closed. */
export function startOnlookers({ seed, lives, knobs, eyes }: OnlookersParts): { readonly closeLobby: () => void } {
  const closed = new AbortController();
  const begin = (node: string) => {
    const life = lives.start(node);
    const network = overhear(life.network, { caller: node, see: eyes.see, nextCallId: eyes.nextCallId });
    return { life, network, chance: createChance(seed, node) };
  };
  const tickets = begin("ticket-watcher");
  const matchmaking = tickets.network.connect("matcher").client(MatchmakingServiceDefinition);
  const sessions = begin("session-watcher");
  const feed = sessions.network.connect("fleet").client(FleetServiceDefinition);
  const placements = begin("placement-watcher");
  const steps = placements.network.connect("fleet").client(FleetServiceDefinition);
  const all = { ticketIds: [], configuration: "" };
  const dawdle =
    ({ chance }: { readonly chance: Chance }) =>
    () =>
      chance.happens(knobs.mischiefRatio / 20) ? chance.wait(DAWDLE_MS) : 0;
  const heard: string[] = [];
  const openTickets: Stream = async function* (resumeToken, signal) {
    for await (const event of matchmaking.watchTickets({ ...all, resumeToken }, { signal })) {
      if (event.ticket?.state === TicketState.SEARCHING) heard.push(event.ticket.ticketId);
      if (heard.length > HEARD_MAX) heard.shift();
      yield event;
    }
  };
  const openSessions: Stream = (resumeToken, signal) => feed.watchSessions({ owner: "", resumeToken }, { signal });
  const openPlacements: Stream = (resumeToken, signal) =>
    steps.watchPlacements({ placementIds: [], owner: "", queue: "", resumeToken }, { signal });
  const fan = begin("player-watcher");
  const ofFan = fan.network.connect("matcher").client(MatchmakingServiceDefinition);
  const openFan: Stream = (resumeToken, signal) =>
    ofFan.watchTickets({ ...all, playerId: "player1", resumeToken }, { signal });
  follow(fan.life, openFan, dawdle(fan)).catch(eyes.fail);
  lookBack(begin("historian"), heard, { knobs, eyes }).catch(eyes.fail);
  follow(placements.life, openPlacements, dawdle(placements)).catch(eyes.fail);
  follow(tickets.life, openTickets, dawdle(tickets)).catch(eyes.fail);
  follow(sessions.life, openSessions, dawdle(sessions)).catch(eyes.fail);
  wonder(begin("asker"), heard, { knobs, eyes }).catch(eyes.fail);
  operate(begin("operator"), knobs, eyes).catch(eyes.fail);
  change(begin("changer"), knobs, eyes).catch(eyes.fail);
  keepLobby({ ...begin("lobby"), knobs, eyes }, closed.signal).catch(eyes.fail);
  return { closeLobby: () => closed.abort() };
}

type Stream = (resumeToken: string, signal: AbortSignal) => AsyncIterable<{ readonly resumeToken: string }>;

/** Reads for ever, over any number of breaks, from where it had got to; `dawdle` tells how long it looks away, in ms. */
async function follow({ clock }: Life, open: Stream, dawdle: () => number): Promise<void> {
  for (let resumeToken = ""; ; ) {
    const silence = new AbortController();
    let heardMs = clock.nowMs();
    const watchdog = async () => {
      const leftMs = () => Math.ceil(heardMs + SILENCE_MS - clock.nowMs());
      while (leftMs() > 0) await clock.sleep(leftMs(), silence.signal);
      silence.abort();
    };
    watchdog().catch(() => undefined); // Called off: the stream has ended.
    try {
      for await (const event of open(resumeToken, silence.signal)) {
        heardMs = clock.nowMs();
        resumeToken = event.resumeToken || resumeToken;
        const awayMs = dawdle();
        if (awayMs === 0) continue;
        await clock.sleep(awayMs);
        heardMs = clock.nowMs(); // Its own slowness is not the stream's silence.
      }
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      if (error.reason === "CURSOR_EXPIRED") resumeToken = "";
    }
    silence.abort();
    await clock.sleep(REOPEN_MS);
  }
}

/** Asks why one of the tickets that were heard of last waits; most of them do not any more. */
async function wonder(
  { life: { clock }, network, chance }: Operator,
  heard: readonly string[],
  { knobs, eyes }: { readonly knobs: Knobs; readonly eyes: Eyes },
): Promise<void> {
  const matchmaking = network.connect("matcher").client(MatchmakingServiceDefinition);
  for (;;) {
    await clock.sleep(chance.wait(knobs.operatorMs / 4));
    if (heard.length === 0) continue;
    matchmaking.explainTicket({ ticketId: chance.pick(heard) }).catch((error: unknown) => {
      if (!(error instanceof MusterError)) eyes.fail(error);
    });
  }
}

/** Lists tickets, and asks what became of one that was heard of. */
async function lookBack(
  { life: { clock }, network, chance }: Operator,
  heard: readonly string[],
  { knobs, eyes }: { readonly knobs: Knobs; readonly eyes: Eyes },
): Promise<void> {
  const matchmaking = network.connect("matcher").client(MatchmakingServiceDefinition);
  const list = async () => {
    const filter = chance.pick([
      {},
      { configuration: "auto" },
      { states: [TicketState.SEARCHING, TicketState.PLACING] },
      { states: [TicketState.COMPLETED], playerId: "player1" },
    ]);
    let pageToken = "";
    do {
      const request = { configuration: "", states: [], playerId: "", pageSize: 3, ...filter, pageToken };
      pageToken = (await matchmaking.listTickets(request)).nextPageToken;
    } while (pageToken !== "" && chance.happens(0.7));
  };
  for (;;) {
    await clock.sleep(chance.wait(knobs.operatorMs / 2));
    const looking =
      chance.happens(0.5) || heard.length === 0
        ? list()
        : matchmaking.describeTicketHistory({ ticketId: chance.pick(heard) });
    looking.catch((error: unknown) => {
      if (!(error instanceof MusterError)) eyes.fail(error);
    });
  }
}

type Operator = { readonly life: Life; readonly network: ReturnType<typeof overhear>; readonly chance: Chance };

async function operate({ life: { clock }, network, chance }: Operator, knobs: Knobs, eyes: Eyes): Promise<void> {
  const fleet = network.connect("fleet").client(FleetServiceDefinition);
  const mock = network.connect("fleet").client(MockFleetServiceDefinition);
  const { putAgain, putRules } = createChanges({ network, chance, clock }, knobs);
  const endABattle = async () => {
    const { sessions } = await fleet.describeServerSessions({ battleSessionIds: [], includeEnded: false });
    const [session] = sessions.filter(() => chance.happens(0.4));
    if (session) await fleet.terminateServerSession({ battleSessionId: session.battleSessionId });
  };
  const moveAlias = async () => {
    const name = "second";
    if (chance.happens(0.5)) return await fleet.deleteAlias({ name });
    const target = chance.happens(0.6)
      ? ({ $case: "fleet", value: chance.pick(["eu", "us"]) } as const)
      : ({ $case: "message", value: "Closed for a while" } as const);
    return await fleet.putAlias({ alias: { name, target: { target } } });
  };
  /** Something about a fleet, and back after a while. */
  const moveFleet = async () => {
    if (!knobs.movesFleets) return;
    const name = chance.pick(["eu", "us"]);
    const back = async (undo: () => Promise<unknown>) => {
      await clock.sleep(chance.wait(4_000));
      await undo();
    };
    const drain = (undo: boolean) => fleet.drainFleet({ fleet: name, undo, force: false });
    const scale = (processes: number | undefined) => {
      const scaling =
        processes === undefined ? undefined : { scaling: { $case: "processes", value: processes } as const };
      return fleet.scaleFleet({ fleet: name, scaling });
    };
    const act = chance.below(5);
    if (act === 0) {
      await drain(false);
      return await back(() => drain(true));
    }
    if (act === 1) {
      await scale(chance.below(4));
      return await back(() => scale(undefined));
    }
    if (act === 2) {
      const mode = RolloutMode.SOFT;
      return await fleet.rollOutBuild({ fleet: name, build: chance.pick(["v1", "v2"]), mode });
    }
    if (act === 3) {
      const graceMs = chance.happens(0.5) ? 0 : Math.ceil(chance.wait(3_000));
      return await mock.restartServers({ fleet: name, reason: "FILES_CHANGED", graceMs });
    }
    const { processes } = await fleet.describeProcesses({ includeEnded: false });
    if (processes.length > 0) return await fleet.drainProcess({ ...chance.pick(processes), force: false });
  };
  const look = async () => {
    await fleet.describeProcesses({ includeEnded: chance.happens(0.5) });
    await fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true });
  };
  for (;;) {
    await clock.sleep(chance.wait(knobs.operatorMs));
    const act: () => Promise<unknown> = chance.pick([putAgain, putRules, endABattle, moveAlias, moveFleet, look]);
    act().catch((error: unknown) => {
      if (!(error instanceof MusterError)) eyes.fail(error);
    });
  }
}
