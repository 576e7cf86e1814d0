import type { Fleet } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import type { ServerProcess } from "../contract/session.ts";
import { describeFleet, lastLineOf } from "./describe-fleet.ts";
import { fleetLines } from "./fleet-lines.ts";

const fleet = (name: string, more: Partial<Fleet> = {}): Fleet => ({
  ...{ name, region: "eu-west", build: "", builds: [], drained: false, debug: false, waitsForChange: false },
  ...{ scaling: { scaling: { $case: "processes", value: 2 } }, targetProcesses: 2 },
  ...{ startingProcesses: 0, readyProcesses: 2, drainingProcesses: 0, terminatingProcesses: 0, outdatedProcesses: 0 },
  ...{ sessions: 1, freeSessions: 1 },
  ...more,
});
const elastic = { minProcesses: 0, maxProcesses: 9, cooldownMs: 1_000, reserve: undefined };
const process = (processId: string, ofFleet: string, more: Partial<ServerProcess> = {}): ServerProcess => ({
  ...{ processId, fleet: ofFleet, region: "eu-west", pid: undefined, battleSessionIds: [] },
  ...{ state: "READY", endReason: undefined, debug: false },
  ...more,
});

const fleets = [
  { name: "a fleet", fleet: fleet("eu"), says: "eu  eu-west  2 of 2 ready  1 session, 1 free" },
  {
    name: "one that changes",
    fleet: fleet("eu", { build: "b2", startingProcesses: 1, readyProcesses: 0, outdatedProcesses: 3, sessions: 2 }),
    says: "eu  eu-west  build b2  0 of 2 ready  1 starting  3 of another build  2 sessions, 1 free",
  },
  {
    name: "an elastic one",
    fleet: fleet("eu", { scaling: { scaling: { $case: "elastic", value: elastic } } }),
    says: "eu  eu-west  2 of 2 ready (0..9, 0 in reserve)  1 session, 1 free",
  },
  {
    name: "a drained one",
    fleet: fleet("eu", { drained: true, drainingProcesses: 1, terminatingProcesses: 1, readyProcesses: 0 }),
    says: "eu  eu-west  0 of 2 ready (drained)  1 draining  1 ending  1 session, 1 free",
  },
  {
    name: "a debugged one",
    fleet: fleet("eu", { debug: true }),
    says: "eu  eu-west  debugged  2 of 2 ready  1 session, 1 free",
  },
];
for (const { name, fleet: one, says } of fleets) {
  test(`describeFleet() shows ${name}`, () => expect(describeFleet(one)).toBe(says));
}

const texts = [
  { name: "the last of several", text: "one\ntwo\n", last: "two" },
  { name: "what a game overwrites in place", text: "10 %\r20 %\r", last: "20 %" },
  {
    name: "no colours, and nothing that moves the cursor",
    text: "\u001b[32mgreen\u001b[0m\u0007\tnow\n\n",
    last: "green  now",
  },
  { name: "nothing of a game that says nothing", text: "", last: "" },
  { name: "the message of a structured line", text: 'one\n{"level":"info","msg":"loading"}\n', last: "loading" },
  {
    name: "the game's, whatever its sidecar said later",
    text: 'one\n{"service":"sidecar","msg":"Listening"}\n',
    last: "one",
  },
  {
    name: "its sidecar's before it says anything",
    text: '{"service":"sidecar","msg":"Listening"}\n',
    last: "Listening",
  },
  { name: "what only looks like JSON as it is", text: "{ oh }\n", last: "{ oh }" },
  { name: "JSON without a message as it is", text: '{"hp":3}\n', last: '{"hp":3}' },
];
for (const { name, text, last } of texts) test(`lastLineOf() is ${name}`, () => expect(lastLineOf(text)).toBe(last));

const state = {
  fleets: [fleet("eu"), fleet("us")],
  processes: [
    process("p1", "eu", { battleSessionIds: ["bs_1"], pid: 7 }),
    process("p2", "eu", { state: "STARTING" }),
    process("p3", "us"),
    process("p4", "eu", { state: "ENDED" }),
  ],
  lastLines: new Map([["p1", "ada comes"]]),
  lastWords: new Map(),
};
const rooms = [
  { room: 9, starts: ["eu", "p1", "p2", "us", "p3"] },
  { room: 5, starts: ["eu", "p1", "p2", "us", "p3"] },
  { room: 4, starts: ["eu", "p1", "us", "and"] },
  { room: 3, starts: ["eu", "us", "and"] },
  { room: 1, starts: ["eu"] },
  { room: 0, starts: [] },
];
for (const { room, starts } of rooms) {
  test(`fleetLines() shows ${starts.join(", ") || "nothing"} in ${room} lines`, () => {
    expect(fleetLines(state, room).map(({ text }) => text.trim().split(" ")[0])).toEqual(starts);
  });
}

test("fleetLines() shows of each process its state, its sessions or what it has yet to call, and what it printed last", () => {
  expect(fleetLines(state, 9)[1]?.text).toBe("    p1  READY        1 session  pid 7  ada comes");
  expect(fleetLines(state, 9)[2]?.text).toBe("    p2  STARTING     until processReady()");
});
