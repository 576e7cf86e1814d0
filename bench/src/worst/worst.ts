// The benchmark `worst`: how long the worst that a matcher takes, or refuses, keeps everybody else waiting.
import { systemClock } from "@muster/kit";
import {
  ConfigurationServiceDefinition,
  MatchmakingConfiguration,
  MatchmakingServiceDefinition,
  PutRuleSetRequest,
  StartMatchingRequest,
} from "@muster/proto/matchmaking";
import type { BenchOptions, Report } from "../report.ts";
import { runLoad } from "../rpc/load.ts";
import { percentile } from "../rpc/statistics.ts";
import { bodies, largeRuleSet, OPEN_RULE_SET } from "./worst-bodies.ts";
import { startWorstServer, type WorstServer } from "./worst-server.ts";

/** Each body so many times: the least of its turns is its own, and no other process's. */
const TIMES = 5;
/** Tickets that wait while calls about the pool are measured. */
const POOL = 100_000;
const NEIGHBOURS = { calls: 4_000, inFlight: 8 };
/** Lanes of the pool: so many that none has enough for a match. */
const LANES = 10_000;
/** How often a stranger sends one of the bodies, in ms. */
const EVERY_MS = 50;

/**
 * `…TurnMs`: the longest turn of the matcher's event loop with one such body, by its main thread's processor time; the least of five.
 * `worstBodyMs`: the longest of them (to reach: 20). `pool…TurnMs`: the same of calls about a pool of 100,000, once each, beside
 * `poolIdleTurnMs` of a pool that is left alone. `neighboursP99Ratio`: the 99th percentile of eight neighbours' `StartMatching` while
 * a stranger sends one body after another, twenty a second, ÷ without (to reach: 2). Parts: bodies, pool, neighbours.
 */
export async function run({ only }: BenchOptions): Promise<Report> {
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  const wants = (part: string) => only === undefined || only === part;
  await using server = await startWorstServer();
  await configure(server);
  if (wants("bodies")) {
    for (const [name, bodyOf] of Object.entries(bodies)) {
      const turns: number[] = [];
      for (let turn = 1; turn <= TIMES; turn += 1) {
        const body = bodyOf(turn);
        turns.push(await server.longestTurnMs(() => server.send(body)));
      }
      figures[`${name}TurnMs`] = Math.min(...turns);
    }
    figures.worstBodyMs = Math.max(...Object.values(figures));
  }
  if (wants("neighbours")) {
    const { quietP99Ms, attackedP99Ms } = await measureNeighbours(server);
    Object.assign(figures, { quietP99Ms, attackedP99Ms });
    ratios.neighboursP99Ratio = attackedP99Ms / quietP99Ms;
  }
  if (wants("pool")) Object.assign(figures, await measurePool(server));
  return { name: "worst", figures, ratios };
}

async function configure({ peer }: WorstServer): Promise<void> {
  const client = peer.client(ConfigurationServiceDefinition);
  const ruleSets = { open: OPEN_RULE_SET, wide: largeRuleSet() };
  for (const [name, document] of Object.entries(ruleSets)) {
    await client.putRuleSet(PutRuleSetRequest.fromPartial({ name, document }));
    await putConfiguration(client, name, 600);
  }
}

function putConfiguration(
  client: ReturnType<typeof configurations>,
  name: string,
  requestTimeoutSeconds: number,
): Promise<unknown> {
  const configuration = MatchmakingConfiguration.fromPartial({ name, ruleSet: name, requestTimeoutSeconds });
  return client.putConfiguration({ configuration, appliesTo: undefined, expectedVersion: undefined });
}

function configurations({ peer }: WorstServer) {
  return peer.client(ConfigurationServiceDefinition);
}

let tickets = 0;
/** One player, some 100 bytes. */
function ticket(): StartMatchingRequest {
  tickets += 1;
  const lane = `lane${tickets % LANES}`;
  const players = [{ playerId: `player${tickets}`, attributes: { lane }, latenciesMs: { eu: 30 }, team: "" }];
  return StartMatchingRequest.fromPartial({ configuration: "open", ticketId: `small-${tickets}`, players });
}

async function measureNeighbours(server: WorstServer) {
  const client = server.peer.client(MatchmakingServiceDefinition);
  const p99 = async () =>
    percentile((await runLoad(NEIGHBOURS, () => client.startMatching(ticket()))).latenciesMs, 0.99);
  await p99(); // Code gets hot.
  const quietP99Ms = await p99();
  let isOver = false;
  const attack = async () => {
    for (let turn = 100; !isOver; turn += 1) {
      for (const bodyOf of Object.values(bodies)) {
        if (isOver) return;
        await Promise.all([server.send(bodyOf(turn)), new Promise((resolve) => setTimeout(resolve, EVERY_MS))]);
      }
    }
  };
  const attacking = attack();
  const attackedP99Ms = await p99();
  isOver = true;
  await attacking;
  return { quietP99Ms, attackedP99Ms };
}

async function measurePool(server: WorstServer): Promise<Readonly<Record<string, number>>> {
  const client = server.peer.client(MatchmakingServiceDefinition);
  const put = configurations(server);
  for (let started = 0; started < POOL; started += 100) {
    const { tickets: answers } = await client.startMatchingBatch({
      tickets: Array.from({ length: 100 }, ticket),
      brief: true,
    });
    const refused = answers.find(({ refusal }) => refusal)?.refusal;
    if (refused) throw new Error(`Cannot fill the pool: ${refused.message}`);
  }
  const ticketId = `small-${tickets}`;
  const list = { configuration: "", states: [], playerId: "", pageSize: 100, pageToken: "" };
  const bounds = { createdFrom: undefined, createdBefore: undefined };
  const document = OPEN_RULE_SET.replaceAll("40", "39");
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    poolIdle: () => Promise.resolve(),
    poolExplain: () => client.explainTicket({ ticketId }),
    poolList: () => client.listTickets({ ...list, ...bounds }),
    poolListOfOne: () => client.listTickets({ ...list, ...bounds, playerId: `player${tickets}` }),
    poolListOfNobody: () =>
      client.listTickets({ ...list, ...bounds, createdFrom: new Date(systemClock.wallMs() + 3_600_000) }),
    poolHistory: () => client.describeTicketHistory({ ticketId }),
    poolCancel: () => client.cancelMatching({ ticketId }),
    poolPutConfiguration: () => putConfiguration(put, "open", 500),
    poolPutRuleSet: () => put.putRuleSet(PutRuleSetRequest.fromPartial({ name: "open", document })),
    poolDelete: () => put.deleteConfiguration({ name: "open", expectedVersion: 0 }, { deadlineMs: 60_000 }),
  };
  const figures: Record<string, number> = {};
  for (const [name, call] of Object.entries(calls)) figures[`${name}TurnMs`] = await server.longestTurnMs(call);
  return figures;
}
