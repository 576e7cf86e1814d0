// X-TENANT: no call of one project reads, matches, cancels or changes anything of another, on one journal, over a restart too.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import type { Span } from "@muster/kit/trace";
import type { StartMatchingRequest } from "@muster/proto/matchmaking";
import {
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  MatchmakingServiceDefinition,
  noProperties,
} from "@muster/proto/matchmaking";
import { type CallContext, createMemoryNetwork, type Implementation, type Role } from "@muster/proto/rpc";
import { readMusterFile, silentLog, ticketSpan } from "@muster/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createScriptedPoster } from "./events/scripted-poster.fixture.ts";
import { DUEL } from "./matcher-world.fixture.ts";
import { createScriptedFleet } from "./scripted-fleet.fixture.ts";
import { startProjects } from "./start-projects.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-projects-"));
});
afterEach(() => rm(folder, { recursive: true }));

const section = { ruleSets: { duel: DUEL }, configurations: [{ name: "duel", ruleSet: "duel", queue: "queue" }] };

async function open(document: object = { ...section, projects: { arena: section } }) {
  await writeFile(join(folder, "muster.json"), JSON.stringify(document));
  const file = await readMusterFile(join(folder, "muster.json"));
  const clock = createVirtualClock(1_000);
  const random = createSeededRandom(3);
  const journal = createMemoryJournal();
  const net = createMemoryNetwork({ clock, random });
  const fleet = createScriptedFleet(clock);
  net.serve("fleet", [fleet.service]);
  const spans: Span[] = [];
  const start = () =>
    startProjects({
      tracer: { add: (span) => void spans.push(span), tells: () => true },
      ...{ file, projects: ["keyed"], journal, clock, random, network: net.from("matcher"), log: silentLog },
      ...{ fleetAddress: "fleet", endpoint: "matcher", owner: "matcher", takeOver: true },
      events: { poster: createScriptedPoster(clock) },
      onFatal: (error) => {
        throw error;
      },
    });
  return { clock, fleet, start, spans };
}

type Services = readonly Implementation[];
type Definition = Implementation["definition"];

/** Calls as a caller of the project does who has passed the guard. */
function as(services: Services, project: string | undefined, role: Role = "BACKEND") {
  const context: CallContext = {
    ...{ signal: new AbortController().signal, token: "", peer: "test" },
    caller: { name: "somebody", role, project },
  };
  return (definition: Definition, name: string, request: unknown) => {
    const service = services.find((one) => one.definition === definition);
    return service?.handlers[name]?.(request, context) as Promise<Record<string, unknown>>;
  };
}

const request = (ticketId: string, playerId: string): StartMatchingRequest => {
  const player = { playerId, attributes: {}, latenciesMs: {}, team: "" };
  return { ...noProperties, ticketId, configuration: "duel", players: [player] };
};
const statesOf = (answer: unknown) => {
  return (answer as { tickets: { ticketId: string }[] }).tickets.map(({ ticketId }) => ticketId);
};

test("tickets of one id and one player stand in each project, and are matched with nobody of another", async () => {
  const { clock, start, fleet } = await open();
  await using projects = await start();
  const [ours, theirs] = [as(projects.services, "default"), as(projects.services, "arena")];
  await ours(MatchmakingServiceDefinition, "startMatching", request("t1", "ada"));
  await theirs(MatchmakingServiceDefinition, "startMatching", request("t1", "ada"));
  await theirs(MatchmakingServiceDefinition, "startMatching", request("t3", "cleo"));
  await clock.advance(1_000);
  expect([...fleet.requests.values()].map(({ owner }) => owner)).toEqual(["matcher.arena"]);
  const seen = await ours(MatchmakingServiceDefinition, "describeMatchingProgress", { ticketIds: ["t1"] });
  expect(statesOf(seen)).toEqual(["t1"]);
  expect(JSON.stringify(seen)).not.toContain("cleo");
});

test("what becomes of tickets is told as spans of one trace each", async () => {
  const { clock, start, spans } = await open();
  await using projects = await start();
  const call = as(projects.services, "arena");
  for (const [id, player] of [
    ["t1", "ada"],
    ["t2", "bob"],
    ["t3", "cleo"],
  ] as const) {
    await call(MatchmakingServiceDefinition, "startMatching", request(id, player));
  }
  await clock.advance(1_000);
  await call(MatchmakingServiceDefinition, "cancelMatching", { ticketId: "t3" });
  await clock.advance(10);
  const { traceId } = ticketSpan("t1", { name: "ticket", startMs: 0, endMs: 0, attributes: {} });
  const story = (id: string) => spans.filter((span) => span.traceId === id).map(({ name, error }) => ({ name, error }));
  expect(story(traceId).map(({ name }) => name)).toEqual(["search", "place", "ticket"]);
  const [root] = spans.filter((span) => span.traceId === traceId && span.name === "ticket");
  expect(root?.attributes).toMatchObject({
    "muster.project": "arena",
    "muster.configuration": "duel",
    "muster.players": 1,
  });
  const other = ticketSpan("t3", { name: "ticket", startMs: 0, endMs: 0, attributes: {} });
  expect(story(other.traceId)).toEqual([{ name: "ticket", error: "CANCELLED" }]);
});

test("a ticket of another project is none, to be seen, cancelled or accepted, and a restart changes nothing of that", async () => {
  const { start } = await open();
  {
    await using projects = await start();
    await as(projects.services, "arena")(MatchmakingServiceDefinition, "startMatching", request("t9", "ada"));
  }
  await using projects = await start();
  const ours = as(projects.services, "default", "OPERATOR");
  const notThere = { reason: "TICKET_NOT_FOUND" };
  await expect(ours(MatchmakingServiceDefinition, "cancelMatching", { ticketId: "t9" })).rejects.toMatchObject(
    notThere,
  );
  await expect(
    ours(MatchmakingServiceDefinition, "describeMatchingProgress", { ticketIds: ["t9"] }),
  ).rejects.toMatchObject(notThere);
  const theirs = as(projects.services, "arena");
  await expect(theirs(MatchmakingServiceDefinition, "cancelMatching", { ticketId: "t9" })).resolves.toBeDefined();
});

test("a project that only a key names has nothing yet, and one that came after the start is refused", async () => {
  const { start } = await open();
  await using projects = await start();
  const keyed = as(projects.services, "keyed", "OPERATOR");
  await expect(keyed(ConfigurationServiceDefinition, "listConfigurations", {})).resolves.toMatchObject({
    configurations: [],
  });
  await expect(
    as(projects.services, "late")(ConfigurationServiceDefinition, "listConfigurations", {}),
  ).rejects.toMatchObject({ reason: "NOT_PERMITTED", metadata: { project: "late" } });
});

test("a capability reaches the project whose session it names, and is judged there", async () => {
  const { clock, start, fleet } = await open();
  await using projects = await start();
  const arena = as(projects.services, "arena");
  await arena(MatchmakingServiceDefinition, "startMatching", request("t1", "ada"));
  await arena(MatchmakingServiceDefinition, "startMatching", request("t2", "bob"));
  await clock.advance(1_000);
  const [session] = fleet.sessions();
  const battleSessionId = session?.battleSessionId ?? "";
  const sidecar = as(projects.services, undefined, "GAME_SERVER");
  const command = { battleSessionId, capability: "x".repeat(43), seenRevision: 0 };
  await expect(sidecar(BackfillServiceDefinition, "describeBackfill", command)).rejects.toMatchObject({
    reason: "NOT_YOUR_SESSION",
  });
});

const refusals = [
  { name: "a project of no name", projects: { "a b": section }, says: /\$\.projects/ },
  { name: "the default project twice", projects: { default: section }, says: /another name than default/ },
  {
    name: "a section that projects have not",
    projects: { arena: { fleets: [] } },
    says: /\$\.projects\.arena\.fleets/,
  },
  {
    name: "a configuration without its rule set",
    projects: { arena: { configurations: section.configurations } },
    says: /project arena[^\n]*rule set/,
  },
];
for (const { name, projects, says } of refusals) {
  test(`startProjects() refuses ${name}`, async () => {
    const { start } = await open({ ...section, projects });
    await expect(start()).rejects.toThrow(says);
  });
}
