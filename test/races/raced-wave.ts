// A wave of tickets whose callers change their minds at every moment there is: while the start is under way, as the match forms, while
// players are asked, while the match is placed or a fill applied, as time runs out, and long after. What everybody asked and was told
// is the history.
import { readFeedMessage, readTicket, readTicketEvent, type Ticket } from "@muster/cli";
import { isAbortError, type Random } from "@muster/kit";
import { applySessionChange, type BattleSession, MusterError } from "@muster/proto";
import { MatchAnswer, noProperties } from "@muster/proto/matchmaking";
import { TERMINAL, type TicketView } from "../chaos/history/entry.ts";
import type { Notebook } from "../chaos/history/history.ts";
import { sessionViewOf } from "../chaos/load/session-watcher.ts";
import { bodyOf, viewOf } from "../chaos/load/ticket-view.ts";
import { ASKED_MS, CONFIGURATIONS, HASTY_MS, type RaceWorld } from "./race-world.ts";

type Parts = { readonly world: RaceWorld; readonly notebook: Notebook };

/** How long a wave's tickets come in, in ms: those of one configuration meet. */
const ARRIVE_MS = 80;
/** After this every ticket of a wave has ended and every seat is free, in ms of virtual time. */
const DRAINED_AFTER_MS = 20_000;
/** Tickets that are asked about at once. */
const READ_AT_ONCE = 100;

/** Follows every ticket, and every session at the fleet, from now on until `signal` aborts. */
export function followEverything({ world, notebook }: Parts, signal: AbortSignal): { readonly inboxes: Inboxes } {
  const inboxes: Inboxes = new Map();
  for (const configuration of CONFIGURATIONS) {
    const watch = async () => {
      notebook.add({ type: "watch-opened", watcher: configuration, anew: true });
      const request = { ticketIds: [], configuration, resumeToken: "" };
      for await (const message of world.matching.watchTickets(request, { signal })) {
        const event = readTicketEvent(message);
        if (event.type === "HEARTBEAT") continue;
        const change = event.type === "SESSION_ENDED" ? event.type : "STATE_CHANGED";
        notebook.add({ type: "watched", watcher: configuration, event: change, ticket: seenAs(event.ticket) });
        if (change === "STATE_CHANGED") inboxes.get(event.ticket.ticketId)?.(event.ticket);
      }
    };
    void watch().catch(unlessOver);
  }
  const feed = async () => {
    const sessions = new Map<string, BattleSession>();
    const show = (session: BattleSession) => {
      sessions.set(session.battleSessionId, session);
      notebook.add({ type: "session", source: "feed", session: sessionViewOf(session) });
      if (session.state === "TERMINATED") sessions.delete(session.battleSessionId);
    };
    for await (const wire of world.fleet.watchSessions({ owner: "", resumeToken: "" }, { signal })) {
      const message = readFeedMessage(wire);
      if (message.type === "session") show(message.session);
      if (message.type !== "change") continue;
      const before = sessions.get(message.change.battleSessionId);
      if (before) show(applySessionChange(before, message.change));
    }
  };
  void feed().catch(unlessOver);
  return { inboxes };
}

/** Who wants to hear of a ticket, by its id. */
export type Inboxes = Map<string, (ticket: Ticket) => void>;

function unlessOver(error: unknown): void {
  if (isAbortError(error) || (error instanceof MusterError && error.reason === "CALL_CANCELLED")) return;
  throw error;
}

/** Plays `tickets` tickets, named after `wave`, to their ends, and reads how each stands then. Resolves when all is over. */
export async function playWave(
  wave: number,
  tickets: number,
  parts: Parts & { readonly inboxes: Inboxes },
): Promise<void> {
  const { world, notebook, inboxes } = parts;
  const { clock } = world;
  const ids = Array.from({ length: tickets }, (_none, index) => `t${wave}-${index}`);
  const played = ids.map((ticketId, index) =>
    playTicket(ticketId, CONFIGURATIONS[index % CONFIGURATIONS.length], parts),
  );
  await Promise.all([...played, clock.advance(DRAINED_AFTER_MS)]);
  notebook.add({ type: "drained" });
  for (let first = 0; first < ids.length; first += READ_AT_ONCE) {
    const some = ids.slice(first, first + READ_AT_ONCE);
    const request = { ticketIds: some };
    const asked = Promise.all([world.matching.describeMatchingProgress(request), clock.advance(50)]);
    const known = new Map((await asked)[0].tickets.map((ticket) => [ticket.ticketId, seenAs(readTicket(ticket))]));
    for (const ticketId of some) {
      await notebook.call("reader", { op: "read", ticketId }, async () => {
        const view = known.get(ticketId);
        if (view) return view;
        throw new MusterError("TICKET_NOT_FOUND", `Cannot find ticket ${ticketId}`);
      });
    }
  }
  inboxes.clear();
}

async function playTicket(
  ticketId: string,
  configuration = "",
  { world, notebook, inboxes }: Parts & { readonly inboxes: Inboxes },
): Promise<void> {
  const { clock, random, matching } = world;
  const within = (ms: number) => clock.sleep(random.fraction() * ms);
  const jobs: Promise<unknown>[] = [];
  const players = [{ playerId: `p-${ticketId}`, attributes: {}, latenciesMs: {}, team: "" }];
  const cancel = () =>
    notebook.call("backend", { op: "cancel", ticketId }, async () =>
      seenAs(readTicket((await matching.cancelMatching({ ticketId })).ticket)),
    );
  const answer = async (matchId: string) => {
    await within(random.fraction() < 0.6 ? 15 : ASKED_MS * 1.2);
    // The last word of all may be the acceptance or the cancel.
    if (random.fraction() < 0.15) jobs.push(within(6).then(cancel));
    const word = random.fraction() < 0.85 ? "ACCEPT" : "REFUSE";
    const playerIds = players.map(({ playerId }) => playerId);
    await notebook.call("player", { op: "answer", ticketId, matchId, playerIds, answer: word }, async () => {
      const request = { ticketId, matchId, playerIds, answer: MatchAnswer[word] };
      return seenAs(readTicket((await matching.acceptMatch(request)).ticket));
    });
  };
  const whim = drawWhim(random);
  const asked = new Set<string>();
  inboxes.set(ticketId, ({ state, matchId = "" }) => {
    if (state === "REQUIRES_ACCEPTANCE" && !asked.has(matchId)) {
      asked.add(matchId);
      if (random.fraction() < 0.9) jobs.push(answer(matchId));
    }
    // Whoever has just heard changes their mind most of all.
    const isNews = !TERMINAL.has(state) && state !== "SEARCHING";
    if (isNews && random.fraction() < whim.startled) jobs.push(within(3).then(cancel));
  });
  await within(ARRIVE_MS);
  const request = { ...noProperties, configuration, ticketId, players };
  jobs.push(
    notebook.call(
      "backend",
      {
        op: "start",
        ticketId,
        body: bodyOf({ configuration, players: [{ playerId: `p-${ticketId}` }] }),
        playerIds: [`p-${ticketId}`],
      },
      async () => seenAs(readTicket((await matching.startMatching(request)).ticket)),
    ),
  );
  for (const atMs of whim.cancelsMs) jobs.push(clock.sleep(atMs).then(cancel));
  for (let job = jobs.shift(); job; job = jobs.shift()) await job;
}

type Whim = {
  /** When it is cancelled, in ms from its request. */
  readonly cancelsMs: readonly number[];
  /** How likely news make its caller cancel. */
  readonly startled: number;
};

function drawWhim(random: Random): Whim {
  const between = (least: number, most: number) => least + random.fraction() * (most - least);
  const moments = [
    () => between(0, 12),
    () => between(0, 12),
    () => between(5, 60),
    () => between(HASTY_MS - 6, HASTY_MS + 12),
    () => between(ASKED_MS, ASKED_MS + 40),
    () => between(50, 900),
    () => between(900, 4_000),
  ];
  const cancelsMs: number[] = [];
  do {
    const moment = moments[Math.floor(random.fraction() * moments.length)];
    if (moment) cancelsMs.push(moment());
  } while (random.fraction() < 0.45);
  return { cancelsMs, startled: random.fraction() < 0.3 ? 0.8 : 0.05 };
}

/** As the history keeps it. Where nobody is placed, who was grouped counts as seated. */
function seenAs(ticket: Ticket): TicketView {
  const view = viewOf(ticket);
  if (view.battleSessionId) return view;
  const grouped = ticket.assignment?.players.filter(({ ticketId }) => ticketId === ticket.ticketId).length ?? 0;
  return { ...view, battleSessionId: undefined, seatedPlayers: grouped };
}
