// The live view as lines: a pure function of what is known and the size of the window.
import type { Backfill, BattleSession } from "@muster/proto";
import { formatDuration } from "../arguments/duration.ts";
import { type EventLine, shortId } from "./describe-event.ts";
import { describeDebugging } from "./describe-fleet.ts";
import { describeBackfill, describeRoster } from "./describe-session.ts";
import { fleetLines } from "./fleet-lines.ts";
import { countTickets, type LiveState, medianWaitMs, type ServiceState } from "./live-state.ts";
import { cutTo } from "./text-width.ts";

export type ViewLine = { readonly text: string; readonly tone: EventLine["tone"] | "title" };

export type ViewInput = {
  readonly state: LiveState;
  /** Newest last, each with its time of day. */
  readonly events: readonly EventLine[];
  readonly title: string;
  /** Addresses and folders. */
  readonly where: readonly string[];
  /** Commands to try. */
  readonly tips: readonly string[];
  readonly upMs: number;
  readonly wallMs: number;
  readonly columns: number;
  readonly rows: number;
};

/** A battle with its roster, and how many others there are. */
const BATTLE_LINES = 3;

/** At most `rows` lines of at most `columns` characters. What does not fit is counted, not shown. */
export function renderView(input: ViewInput): readonly ViewLine[] {
  const { state, events, columns, rows } = input;
  const blank: ViewLine = { text: "", tone: "plain" };
  const debugging = describeDebugging(state.fleets);
  const head: readonly ViewLine[] = [
    { text: `${input.title}   up ${formatDuration(input.upMs)}`, tone: "title" },
    ...(debugging === undefined ? [] : [{ text: debugging, tone: "bad" } as const]),
    ...pack(state.services.map(describe), columns).map((text): ViewLine => ({ text, tone: "plain" })),
    ...pack(input.where, columns).map((text): ViewLine => ({ text, tone: "dim" })),
    blank,
    ...pack(describeCounts(state), columns).map((text): ViewLine => ({ text, tone: "title" })),
    blank,
  ];
  const foot: readonly ViewLine[] = [
    blank,
    ...pack([...input.tips, "Ctrl-C stops everything"], columns).map((text): ViewLine => ({ text, tone: "dim" })),
  ];
  const room = Math.max(rows - head.length - foot.length, 0);
  // Fleets get two fifths of the room, battles up to two thirds together with them, and events whatever these leave.
  const fleets = fleetLines(state, Math.ceil((room * 2) / 5));
  const below: readonly ViewLine[] = fleets.length > 0 ? [...fleets, blank] : [];
  const battlesRoom = Math.max(Math.ceil((room * 2) / 3) - below.length, Math.min(room - below.length, BATTLE_LINES));
  const sessions = fitSessions(sessionLines(state, input), Math.max(battlesRoom, 0));
  const eventsRoom = Math.max(room - below.length - sessions.length - 1, 0);
  const news: readonly ViewLine[] = eventsRoom === 0 ? [] : events.slice(-eventsRoom);
  const lines = [...head, ...below, ...sessions, ...(news.length > 0 ? [blank] : []), ...news, ...foot];
  return lines.slice(0, rows).map(({ text, tone }) => ({ text: cutTo(text, columns), tone }));
}

function describe({ name, state, crashes }: ServiceState): string {
  return `${name} ${state}${crashes > 0 ? ` (${crashes} ${crashes === 1 ? "crash" : "crashes"})` : ""}`;
}

/** The parts on as few lines as they fit on whole. */
function pack(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1)}   ${part}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function describeCounts(state: LiveState): readonly string[] {
  const waiting = countTickets(state, "SEARCHING");
  const asked = countTickets(state, "REQUIRES_ACCEPTANCE");
  const placing = countTickets(state, "PLACING");
  const medianMs = medianWaitMs(state);
  const wait = medianMs === undefined ? "" : `, median wait ${formatDuration(medianMs)}`;
  const busy = state.processes.filter(({ battleSessionIds }) => battleSessionIds.length > 0).length;
  const living = state.processes.filter(({ state: phase }) => phase !== "ENDED").length;
  const lost = state.ended.TIMED_OUT + state.ended.FAILED;
  return [
    `players waiting ${waiting.players}`,
    ...(asked.players > 0 ? [`asked to accept ${asked.players}`] : []),
    `placing ${placing.players}`,
    `matched ${state.matchedPlayers}${wait}`,
    ...(lost > 0 ? [`not matched ${lost}`] : []),
    `sessions ${state.sessions.size} (${state.endedSessions} ended)`,
    ...describeBackfills(state),
    `servers ${living} (${busy} busy)`,
  ];
}

/** Live backfills by state; nothing where there are none. */
function describeBackfills(state: LiveState): readonly string[] {
  const states = [...state.sessions.values()].map(({ backfill }) => backfill?.state);
  const count = (wanted: Backfill["state"]) => states.filter((one) => one === wanted).length;
  const [searching, paused] = [count("SEARCHING"), count("PAUSED")];
  return searching + paused === 0 ? [] : [`backfills ${searching} searching, ${paused} paused`];
}

function sessionLines(state: LiveState, window: Window): readonly (readonly ViewLine[])[] {
  if (state.sessions.size === 0) {
    return [[{ text: state.endedSessions === 0 ? "No battles yet." : "No battles now.", tone: "dim" }]];
  }
  return [...state.sessions.values()].map((session) => describeSession(session, window));
}

/** Below so many columns ids are shortened, so that there is room for what changes. */
const WIDE_COLUMNS = 100;

type Window = Pick<ViewInput, "wallMs" | "columns">;

function describeSession(session: BattleSession, { wallMs, columns }: Window): readonly ViewLine[] {
  const address = session.address
    ? `${session.address.host}:${Object.values(session.address.ports).join(",")}`
    : session.region;
  const parts = [
    columns < WIDE_COLUMNS ? shortId(session.battleSessionId) : session.battleSessionId,
    session.unreachable ? "UNREACHABLE" : session.state,
    address,
    formatDuration(wallMs - session.createdAtMs),
    `${session.playerSessions.length}/${session.capacity}`,
    ...(session.backfill ? [`backfill ${describeBackfill(session.backfill)}`] : []),
  ];
  const bad = session.unreachable || session.state !== "ACTIVE";
  return [
    { text: parts.join("  "), tone: bad ? "plain" : "good" },
    { text: `    ${describeRoster(session)}`, tone: "plain" },
  ];
}

/** As many whole sessions as there is room for, and how many are left out. */
function fitSessions(sessions: readonly (readonly ViewLine[])[], room: number): readonly ViewLine[] {
  const all = sessions.flat();
  if (all.length <= room) return all;
  const fitting = Math.max(Math.floor((room - 1) / 2), 0);
  const more: ViewLine = { text: `    and ${sessions.length - fitting} more: npx muster sessions`, tone: "dim" };
  return [...sessions.slice(0, fitting).flat(), more];
}
