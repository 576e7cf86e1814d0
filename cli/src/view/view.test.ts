import { createVirtualClock } from "@muster/kit/testing";
import type { BattleSession, PlayerSession, SessionChange } from "@muster/proto";
import type { Fleet } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import type { FeedMessage, ServerProcess } from "../contract/session.ts";
import type { Ticket, TicketEvent } from "../contract/ticket.ts";
import type { Terminal } from "../terminal.ts";
import { explainBackfill } from "./backfill-meaning.ts";
import { describeBackfill, describeRoster } from "./describe-session.ts";
import { createLiveLog } from "./live-log.ts";
import {
  countTickets,
  emptyLiveState,
  foldFeed,
  foldService,
  foldTicket,
  type LiveState,
  medianWaitMs,
} from "./live-state.ts";
import { renderView, type ViewInput } from "./render-view.ts";
import { openScreen } from "./screen.ts";
import { cutTo } from "./text-width.ts";

const seat = (playerId: string, more: Partial<PlayerSession> = {}) =>
  ({
    playerSessionId: `ps_${playerId}`,
    playerId,
    team: "red",
    ticketId: "tick_1",
    state: "ACTIVE",
    attributes: {},
    expiresAtMs: undefined,
    ...more,
  }) as PlayerSession;
const session = (battleSessionId: string, more: Partial<BattleSession> = {}) =>
  ({
    battleSessionId,
    revision: 1,
    rosterVersion: 1,
    state: "ACTIVE",
    teams: [
      { name: "red", template: "red", capacity: 3 },
      { name: "blue", template: "blue", capacity: 3 },
    ],
    capacity: 6,
    playerSessions: [seat("ada"), seat("bo", { team: "blue", state: "RESERVED" })],
    properties: {},
    data: "",
    creationPolicy: "ACCEPT_ALL",
    backfill: {
      backfillId: "bf_1",
      state: "SEARCHING",
      strategy: "MAX_POSSIBLE",
      addPlayers: {},
      progress: [
        { team: "red", have: 1, reserved: 0, goal: 3 },
        { team: "blue", have: 0, reserved: 1, goal: 3 },
      ],
      cause: undefined,
      noLegalFill: false,
    },
    matchId: "match_1",
    configuration: "arena",
    address: { host: "127.0.0.1", ports: { game: 7500 } },
    processId: "proc_1",
    incarnation: 1,
    fleet: "arena-eu",
    region: "eu-west",
    createdAtMs: 0,
    unreachable: false,
    endCause: undefined,
    ...more,
  }) as BattleSession;
const change = (battleSessionId: string, more: Partial<SessionChange>): FeedMessage => ({
  resumeToken: "",
  type: "change",
  change: {
    battleSessionId,
    revision: 2,
    rosterVersion: 2,
    reason: "PLAYER_REMOVED",
    added: [],
    updated: [],
    removed: [],
    ...more,
  } as SessionChange,
});
const ticket = (ticketId: string, state: Ticket["state"], players = ["ada"]): TicketEvent => ({
  resumeToken: "",
  at: "2026-01-01T00:00:02.000Z",
  type: "STATE_CHANGED",
  ticket: {
    ticketId,
    configuration: "arena",
    state,
    version: 1,
    players: players.map((playerId) => ({
      playerId,
      attributes: {},
      latenciesMs: {},
      team: undefined,
      data: undefined,
    })),
    createdAt: "2026-01-01T00:00:00.000Z",
    timesOutAt: undefined,
    matchId: undefined,
    assignment: undefined,
    cause: undefined,
    returns: 0,
    estimatedWaitMs: undefined,
    proposal: undefined,
    preparation: undefined,
  },
});

test("foldTicket() counts players who wait, are placed and are matched, and how long they waited", () => {
  let state = emptyLiveState;
  for (const event of [
    ticket("t1", "SEARCHING", ["ada", "bo"]),
    ticket("t2", "SEARCHING"),
    ticket("t1", "PLACING", ["ada", "bo"]),
  ]) {
    state = foldTicket(state, event);
  }
  expect(countTickets(state, "SEARCHING")).toEqual({ tickets: 1, players: 1 });
  expect(countTickets(state, "PLACING")).toEqual({ tickets: 1, players: 2 });
  state = foldTicket(foldTicket(state, ticket("t1", "COMPLETED", ["ada", "bo"])), ticket("t2", "CANCELLED"));
  expect(state.matchedPlayers).toBe(2);
  expect(medianWaitMs(state)).toBe(2_000);
  expect([...state.tickets]).toEqual([]);
  expect(state.ended).toMatchObject({ COMPLETED: 1, CANCELLED: 1 });
});

const feeds: readonly { name: string; messages: readonly FeedMessage[]; sessions: readonly string[]; ended: number }[] =
  [
    {
      name: "adds a session",
      messages: [{ resumeToken: "", type: "session", session: session("bs_1") }],
      sessions: ["bs_1"],
      ended: 0,
    },
    {
      name: "drops a session that ends, and counts it",
      messages: [
        { resumeToken: "", type: "session", session: session("bs_1") },
        change("bs_1", { reason: "SESSION_ENDED", state: "TERMINATED", endCause: "GAME_ENDED" }),
      ],
      sessions: [],
      ended: 1,
    },
    {
      name: "forgets with a new snapshot what the snapshot does not name",
      messages: [
        { resumeToken: "", type: "session", session: session("bs_1") },
        { resumeToken: "", type: "snapshot-begin" },
        { resumeToken: "", type: "session", session: session("bs_2") },
        { resumeToken: "", type: "snapshot-end" },
      ],
      sessions: ["bs_2"],
      ended: 0,
    },
    {
      name: "ignores changes of sessions that it does not know",
      messages: [change("bs_9", {})],
      sessions: [],
      ended: 0,
    },
  ];
for (const { name, messages, sessions, ended } of feeds) {
  test(`foldFeed() ${name}`, () => {
    const state = messages.reduce(foldFeed, emptyLiveState);
    expect([...state.sessions.keys()]).toEqual(sessions);
    expect(state.endedSessions).toBe(ended);
  });
}

test("foldService() shows the latest of each service and counts its crashes", () => {
  const state = (
    [
      { name: "fleet", type: "starting" },
      { name: "fleet", type: "ready", pid: 1, tookMs: 5 },
      { name: "fleet", type: "crashed", how: "SIGKILL", restartInMs: 100 },
      { name: "fleet", type: "starting" },
    ] as const
  ).reduce(foldService, emptyLiveState);
  expect(state.services).toEqual([{ name: "fleet", state: "STARTING", crashes: 1 }]);
});

const rosters = [
  { name: "teams with marks", session: session("bs_1"), says: "red ada | blue bo(reserved)" },
  { name: "nobody", session: session("bs_1", { playerSessions: [] }), says: "nobody" },
  {
    name: "a crowd in numbers",
    session: session("bs_1", {
      playerSessions: Array.from({ length: 30 }, (_, index) =>
        seat(`p${index}`, { state: index < 2 ? "RESERVED" : index < 3 ? "DISCONNECTED" : "ACTIVE" }),
      ),
    }),
    says: "red 30 (2 reserved, 1 gone) | blue 0",
  },
  {
    name: "players without a team",
    session: session("bs_1", { teams: [], playerSessions: [seat("ada", { team: undefined, state: "DISCONNECTED" })] }),
    says: "ada(gone)",
  },
];
for (const { name, session: one, says } of rosters) {
  test(`describeRoster() shows ${name}`, () => expect(describeRoster(one)).toBe(says));
}

test("describeBackfill() shows who has come, who is on the way, and the goal", () => {
  expect(describeBackfill(session("bs_1").backfill as NonNullable<BattleSession["backfill"]>)).toBe(
    "SEARCHING red 1/3 blue 0+1/3",
  );
});

const searching = session("bs_1").backfill as NonNullable<BattleSession["backfill"]>;
const meanings: readonly { backfill: Partial<NonNullable<BattleSession["backfill"]>>; says: RegExp }[] = [
  { backfill: {}, says: /^4 players are looked for$/ },
  { backfill: { progress: [{ team: "red", have: 2, reserved: 0, goal: 3 }] }, says: /^1 player is looked for$/ },
  { backfill: { progress: [{ team: "red", have: 2, reserved: 1, goal: 3 }] }, says: /have yet to come$/ },
  { backfill: { noLegalFill: true }, says: /^no fill can be legal/ },
  { backfill: { state: "PAUSED", cause: "FULL" }, says: /^every seat is taken/ },
  { backfill: { state: "COMPLETED", cause: "GOAL_REACHED" }, says: /has come$/ },
];
for (const { backfill, says } of meanings) {
  test(`explainBackfill() says ${says.source} of ${JSON.stringify(backfill)}`, () =>
    expect(explainBackfill({ ...searching, ...backfill })).toMatch(says));
}

const full: LiveState = {
  ...emptyLiveState,
  services: [
    { name: "fleet", state: "READY", crashes: 0 },
    { name: "matcher", state: "CRASHED", crashes: 1 },
  ],
  sessions: new Map(Array.from({ length: 30 }, (_, index) => [`bs_${index}`, session(`bs_${index}`)])),
  processes: [
    {
      processId: "proc_1",
      fleet: "f",
      region: "r",
      state: "READY",
      pid: 1,
      battleSessionIds: ["bs_1"],
      endReason: undefined,
      debug: false,
    },
  ],
};
const input: ViewInput = {
  state: full,
  events: Array.from({ length: 50 }, (_, index) => ({ text: `event ${index}`, tone: "plain" as const })),
  title: "muster dev",
  where: ["matcher 127.0.0.1:7410", "fleet 127.0.0.1:7420", "logs .muster/logs"],
  tips: ["muster ticket start --players 2", "muster sessions", "muster logs"],
  upMs: 12_000,
  wallMs: 65_000,
  columns: 100,
  rows: 24,
};

for (const { columns, rows } of [
  { columns: 200, rows: 60 },
  { columns: 100, rows: 24 },
  { columns: 40, rows: 12 },
  { columns: 10, rows: 3 },
  { columns: 1, rows: 1 },
]) {
  test(`renderView() stays inside ${columns} x ${rows}`, () => {
    const lines = renderView({ ...input, columns, rows });
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const { text } of lines) expect(text.length).toBeLessThanOrEqual(columns);
  });
}

const shown = [
  { name: "the services", text: "fleet READY   matcher CRASHED (1 crash)" },
  { name: "where they listen", text: "matcher 127.0.0.1:7410   fleet 127.0.0.1:7420   logs .muster/logs" },
  {
    name: "a session with its backfill",
    text: "bs_0  ACTIVE  127.0.0.1:7500  1:05 min  2/6  backfill SEARCHING red 1/3 blue 0+1/3",
  },
  {
    name: "how many backfills search and rest",
    text: "players waiting 0   placing 0   matched 0   sessions 30 (0 ended)   backfills 30 searching, 0 paused",
  },
  { name: "its roster", text: "    red ada | blue bo(reserved)" },
  { name: "how many sessions are left out", text: "    and 26 more: npx muster sessions" },
  { name: "the last event", text: "event 49" },
  {
    name: "commands to try",
    text: "muster ticket start --players 2   muster sessions   muster logs   Ctrl-C stops everything",
  },
];
for (const { name, text } of shown) {
  test(`renderView() shows ${name}`, () => expect(renderView(input).map((line) => line.text)).toContain(text));
}

const cuts = [
  { text: "abcdef", columns: 6, cut: "abcdef" },
  { text: "abcdefg", columns: 6, cut: "abcde…" },
  { text: "日本語", columns: 6, cut: "日本語" },
  { text: "日本語", columns: 5, cut: "日本…" },
  { text: "日本語", columns: 4, cut: "日…" },
  { text: "e\u0301e\u0301", columns: 2, cut: "e\u0301e\u0301" },
  { text: "abc", columns: 1, cut: "…" },
];
for (const { text, columns, cut } of cuts) {
  test(`cutTo() makes ${cut} of ${text} in ${columns} columns`, () => expect(cutTo(text, columns)).toBe(cut));
}

const noFleets = { fleets: [], lastLines: new Map<string, string>(), lastWords: new Map<string, readonly string[]>() };

test("a live log tells what is new, not what the snapshot holds", () => {
  const lines: string[] = [];
  const log = createLiveLog(createVirtualClock(), {
    onLine: ({ text }) => void lines.push(text.slice(9)),
    onChange: () => undefined,
  });
  const ended = (processId: string): ServerProcess => ({
    ...{ processId, fleet: "dev", region: "local", pid: undefined, battleSessionIds: [] },
    ...{ state: "ENDED", endReason: "exit 1", debug: false },
  });
  log.onFeed({ resumeToken: "", type: "snapshot-begin" });
  log.onFeed({ resumeToken: "", type: "session", session: session("bs_old") });
  log.onFeed({ resumeToken: "", type: "snapshot-end" });
  log.onFleets({ ...noFleets, processes: [ended("proc_old")] });
  expect(lines).toEqual([]);
  log.onFeed({ resumeToken: "", type: "session", session: session("bs_new", { state: "ACTIVATING" }) });
  log.onFeed(change("bs_old", { reason: "PLAYER_REMOVED", removed: [seat("ada") as never] }));
  log.onFleets({ ...noFleets, processes: [ended("proc_old"), ended("proc_new")] });
  expect(lines).toEqual([
    "session bs_new ACTIVATING on arena-eu in eu-west",
    "session bs_old PLAYER_REMOVED ada (red)",
    "server proc_new of dev ENDED (exit 1): see npx muster logs proc_new",
  ]);
});

test("a live log says once what servers printed last that did not start, and that their fleet waits", () => {
  const lines: string[] = [];
  const log = createLiveLog(createVirtualClock(), { onLine: ({ text }) => void lines.push(text.slice(9)) });
  const ended = (processId: string, endReason: string): ServerProcess => ({
    ...{ processId, fleet: "dev", region: "local", pid: undefined, battleSessionIds: [] },
    ...{ state: "ENDED", endReason, debug: false },
  });
  const waits = { name: "dev", waitsForChange: true } as Fleet;
  log.onFleets({ ...noFleets, processes: [] });
  const lastWords = new Map(["proc_1", "proc_2"].map((id) => [id, ["server.js:7", "SyntaxError: oh"]]));
  const processes = [ended("proc_1", "exit 1"), ended("proc_2", "exit 1"), ended("proc_3", "FILES_CHANGED")];
  log.onFleets({ ...noFleets, fleets: [waits], lastWords, processes });
  log.onFleets({ ...noFleets, fleets: [waits], processes });
  log.onWatch({ type: "restarted", fleet: "dev", changed: "server.js", processes: 1, battles: 2 });
  log.onWatch({ type: "problem", why: "Cannot watch" });
  log.onWatch({ type: "watching", folders: ["/game"] });
  expect(lines).toEqual([
    "server proc_1 of dev ENDED (exit 1): see npx muster logs proc_1",
    "    server.js:7",
    "    SyntaxError: oh",
    "server proc_2 of dev ENDED (exit 1): see npx muster logs proc_2",
    "server proc_3 of dev ENDED (FILES_CHANGED)",
    "fleet dev WAITS for a change of its files: its last start failed",
    "files CHANGED (server.js): fleet dev starts anew, 1 process with 2 battles to end",
    "Cannot watch",
    "files WATCHED in /game",
  ]);
});

test("a live log, and the view, say which fleets are debugged", () => {
  const lines: string[] = [];
  const log = createLiveLog(createVirtualClock(), { onLine: ({ text }) => void lines.push(text.slice(9)) });
  const fleet = { name: "arena-eu", debug: true } as Fleet;
  log.onFleets({ ...noFleets, fleets: [fleet], processes: [] });
  log.onFleets({ ...noFleets, fleets: [fleet], processes: [] });
  const said = "DEBUG: health of arena-eu is not judged, and nothing there times out";
  expect(lines).toEqual([said]);
  expect(renderView({ ...input, state: log.state })[1]).toEqual({ text: said, tone: "bad" });
});

test("a live log says what of an edited file was taken over, and a line for each mistake", () => {
  const lines: string[] = [];
  const log = createLiveLog(createVirtualClock(), {
    onLine: ({ text, tone }) => void lines.push(`${tone} ${text.slice(9)}`),
  });
  log.onConfig({ type: "taken-over", changed: ["rule set duel", "configuration ranked"] });
  log.onConfig({ type: "refused", why: "Cannot read a\nCannot read b" });
  log.onConfig({ type: "mended" });
  expect(lines).toEqual([
    "good muster.json TAKEN OVER: rule set duel, configuration ranked",
    "bad muster.json REFUSED, the old stays: Cannot read a",
    "bad muster.json REFUSED, the old stays: Cannot read b",
    "good muster.json MENDED",
  ]);
});

test("a screen draws at most four times a second, and gives the terminal back", async () => {
  const written: string[] = [];
  const terminal: Terminal = {
    ...{ write: (text) => void written.push(text), print: () => undefined, note: () => undefined, isLive: true },
    hasColours: true,
    ...{ size: () => ({ columns: 80, rows: 24 }), onResize: () => undefined },
  };
  const clock = createVirtualClock();
  const screen = openScreen(terminal, () => [{ text: "hello", tone: "plain" }], clock);
  for (let step = 0; step < 100; step += 1) {
    screen.refresh();
    await clock.advance(10);
  }
  expect(written.filter((text) => text.includes("hello")).length).toBeLessThanOrEqual(5);
  expect(written.filter((text) => text.includes("hello")).length).toBeGreaterThanOrEqual(4);
  await screen[Symbol.asyncDispose]();
  expect(written.at(-1)).toContain("\u001b[?25h");
});

const palettes = [
  { hasColours: true, codes: ["1", "0", "32", "31", "2"] },
  // Bold and dim are no colours.
  { hasColours: false, codes: ["1", "0", "0", "0", "2"] },
];
for (const { hasColours, codes } of palettes) {
  test(`a screen writes in ${codes.join(", ")} where colours are ${hasColours ? "wanted" : "not wanted"}`, async () => {
    const written: string[] = [];
    const terminal = {
      ...{ write: (text: string) => void written.push(text), print: () => undefined, note: () => undefined },
      ...{ isLive: true, hasColours, size: () => ({ columns: 80, rows: 24 }), onResize: () => undefined },
    };
    const tones = ["title", "plain", "good", "bad", "dim"] as const;
    const screen = openScreen(terminal, () => tones.map((tone) => ({ text: tone, tone })), createVirtualClock());
    await screen[Symbol.asyncDispose]();
    for (const [index, tone] of tones.entries()) expect(written.join("")).toContain(`\u001b[${codes[index]}m${tone}`);
  });
}
