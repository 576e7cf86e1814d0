// The worst that a matcher takes, or has to look at before it refuses: each as large as its limits let it be.
import { limits } from "@muster/proto";
import {
  CreatePartyRequest,
  DescribeMatchingProgressRequest,
  PutConfigurationRequest,
  PutRuleSetRequest,
  StartMatchingBatchRequest,
  StartMatchingRequest,
} from "@muster/proto/matchmaking";

/** One call: to whom, and its bytes by gRPC or its JSON by HTTP. */
export type Body = { readonly method: string } & ({ readonly grpc: Uint8Array } | { readonly http: string });

const MATCHING = "muster.matchmaking.v1.MatchmakingService";
const CONFIGURATIONS = "muster.matchmaking.v1.ConfigurationService";
const PARTIES = "muster.matchmaking.v1.PartyService";

/** A megabyte of one field, again and again. */
const repeated = (tag: number, inner: readonly number[]): Uint8Array => {
  const one = [tag, inner.length, ...inner];
  const count = Math.floor(limits.MESSAGE_BYTES_MAX / one.length) - 8;
  const bytes = new Uint8Array(count * one.length);
  for (let index = 0; index < count; index += 1) bytes.set(one, index * one.length);
  return bytes;
};

const text = (chars: number) => "x".repeat(chars);
const map = <Value>(count: number, value: (index: number) => Value): Record<string, Value> =>
  Object.fromEntries(Array.from({ length: count }, (_none, index) => [`n${index}`, value(index)]));

/** A player with so many attributes, each of so many items. */
function largePlayer(playerId: string, attributes: number, items: number) {
  return {
    playerId,
    attributes: {
      ...map(attributes, (index) =>
        index % 2 === 0 ? map(items, () => 1) : Array.from({ length: items }, () => "ab"),
      ),
      lane: playerId,
    },
    latenciesMs: map(20, () => 30),
    team: "",
  };
}

function largeTicket(number: string, players: number, attributes: number, items: number): StartMatchingRequest {
  return StartMatchingRequest.fromPartial({
    configuration: "open",
    ticketId: `large-${number}`,
    players: Array.from({ length: players }, (_none, index) => largePlayer(`p${number}-${index}`, attributes, items)),
  });
}

/** Crowds of players of one lane: with few in each lane nobody is ever matched, and everything stays where it is. */
export const OPEN_RULE_SET = JSON.stringify({
  version: "v1.0",
  playerAttributes: [{ name: "lane", type: "string" }],
  teams: [{ name: "all", minPlayers: 40, maxPlayers: 40 }],
  rules: [
    {
      ...{ name: "one lane", type: "comparisonRule", operation: "=" },
      measurements: ["flatten(teams[*].players.playerAttributes[lane])"],
    },
  ],
});

/** Sixty rules over twenty teams, as long as a document may be. */
export function largeRuleSet(): string {
  const teams = Array.from({ length: 20 }, (_none, index) => ({ name: `team${index}`, minPlayers: 1, maxPlayers: 2 }));
  const attributes = Array.from({ length: 60 }, (_none, index) => ({
    name: `a${index}`,
    type: index % 3 === 0 ? "string" : "number",
  }));
  const rules = Array.from({ length: 60 }, (_none, index) => ({
    name: `r${index}`,
    type: index % 3 === 0 ? "comparisonRule" : "distanceRule",
    description: text(600),
    measurements: [
      index % 3 === 0
        ? `flatten(teams[*].players.playerAttributes[a${index}])`
        : `avg(teams[*].players.playerAttributes[a${index}])`,
    ],
    ...(index % 3 === 0 ? { operation: "=" } : { referenceValue: 10, maxDistance: 5 }),
  }));
  const expansions = rules
    .filter(({ type }) => type === "distanceRule")
    .map(({ name }) => ({
      target: `rules[${name}].maxDistance`,
      steps: Array.from({ length: 10 }, (_none, step) => ({ waitTimeSeconds: step + 1, value: 6 + step })),
    }));
  return JSON.stringify({ version: "v1.0", playerAttributes: attributes, teams, rules, expansions });
}

/** Bodies by name; `turn` makes ids that were not there yet. */
export const bodies: Readonly<Record<string, (turn: number) => Body>> = {
  grpcEmptyPlayers: () => ({ method: `${MATCHING}/StartMatching`, grpc: repeated(0x1a, []) }),
  grpcEmptyTickets: () => ({ method: `${MATCHING}/StartMatchingBatch`, grpc: repeated(0x0a, []) }),
  grpcEmptyIds: () => ({ method: `${MATCHING}/DescribeMatchingProgress`, grpc: repeated(0x0a, [0x61]) }),
  grpcUnknownFields: () => ({ method: `${MATCHING}/StartMatching`, grpc: repeated(0xfa, [0x01, 0x00]) }),
  grpcManyKeys: () => ({
    method: `${PARTIES}/CreateParty`,
    grpc: CreatePartyRequest.encode(
      CreatePartyRequest.fromPartial({ partyId: "p", leader: { playerId: "l" }, properties: map(70_000, () => "a") }),
    ).finish(),
  }),
  grpcManyLatencies: () => ({
    method: `${MATCHING}/StartMatching`,
    grpc: StartMatchingRequest.encode(
      StartMatchingRequest.fromPartial({
        ticketId: "t",
        configuration: "wide",
        players: [{ playerId: "p", latenciesMs: map(80_000, () => 1) }],
      }),
    ).finish(),
  }),
  grpcLongList: () => ({
    method: `${MATCHING}/StartMatching`,
    grpc: StartMatchingRequest.encode(
      StartMatchingRequest.fromPartial({
        ticketId: "t",
        configuration: "wide",
        players: [{ playerId: "p", attributes: { a: Array.from({ length: 250_000 }, () => null) } }],
      }),
    ).finish(),
  }),
  grpcLongestText: () => ({
    method: `${PARTIES}/CreateParty`,
    grpc: CreatePartyRequest.encode(
      CreatePartyRequest.fromPartial({ partyId: text(1_000_000), leader: { playerId: "l" } }),
    ).finish(),
  }),
  largestTicket: (turn) => ({
    method: `${MATCHING}/StartMatching`,
    grpc: StartMatchingRequest.encode(largeTicket(`t${turn}`, 100, 38, 4)).finish(),
  }),
  largestPlayer: (turn) => ({
    method: `${MATCHING}/StartMatching`,
    grpc: StartMatchingRequest.encode(largeTicket(`o${turn}`, 1, 63, 100)).finish(),
  }),
  batchOfParties: (turn) => ({
    method: `${MATCHING}/StartMatchingBatch`,
    grpc: StartMatchingBatchRequest.encode(
      StartMatchingBatchRequest.fromPartial({
        tickets: Array.from({ length: 100 }, (_none, index) => largeTicket(`q${turn}-${index}`, 12, 0, 0)),
      }),
    ).finish(),
  }),
  describeLarge: () => ({
    method: `${MATCHING}/DescribeMatchingProgress`,
    grpc: DescribeMatchingProgressRequest.encode(
      DescribeMatchingProgressRequest.fromPartial({
        ticketIds: Array.from({ length: 100 }, (_none, index) => `large-e1-${index}`),
      }),
    ).finish(),
  }),
  listLarge: () => ({ method: `${MATCHING}/ListTickets`, http: '{"configuration":"open","pageSize":100}' }),
  largestRuleSet: (turn) => ({
    method: `${CONFIGURATIONS}/PutRuleSet`,
    grpc: PutRuleSetRequest.encode(
      PutRuleSetRequest.fromPartial({ name: `big${turn}`, document: largeRuleSet() }),
    ).finish(),
  }),
  usedRuleSet: (turn) => ({
    method: `${CONFIGURATIONS}/PutRuleSet`,
    grpc: PutRuleSetRequest.encode(
      PutRuleSetRequest.fromPartial({
        name: "wide",
        document: largeRuleSet().replace("xxxx", `v${turn}`.padEnd(4, "y")),
      }),
    ).finish(),
  }),
  largestConfiguration: (turn) => ({
    method: `${CONFIGURATIONS}/PutConfiguration`,
    grpc: PutConfigurationRequest.encode(
      PutConfigurationRequest.fromPartial({
        configuration: {
          name: `c${turn}`,
          ruleSet: "wide",
          requestTimeoutSeconds: 60,
          properties: map(30_000, () => "abcdefghij"),
          data: text(100_000),
        },
      }),
    ).finish(),
  }),
  httpBatch: (turn) => ({
    method: `${MATCHING}/StartMatchingBatch`,
    http: JSON.stringify({
      tickets: Array.from({ length: 100 }, (_none, index) => largeTicket(`h${turn}-${index}`, 3, 6, 2)),
    }),
  }),
  largestBatch: (turn) => ({
    method: `${MATCHING}/StartMatchingBatch`,
    grpc: StartMatchingBatchRequest.encode(
      StartMatchingBatchRequest.fromPartial({
        tickets: Array.from({ length: 100 }, (_none, index) => largeTicket(`e${turn}-${index}`, 2, 14, 4)),
      }),
    ).finish(),
  }),
  httpValues: () => ({ method: `${MATCHING}/StartMatching`, http: `{"players":[${"{},".repeat(12_400)}{}]}` }),
  httpKeys: () => ({
    method: `${MATCHING}/StartMatching`,
    http: `{"players":[${Array.from({ length: 48 }, () => `{"latenciesMs":${JSON.stringify(map(500, () => 1))}}`).join()}]}`,
  }),
  httpText: () => ({ method: `${MATCHING}/StartMatching`, http: `{"ticketId":"${text(1_000_000)}"}` }),
  httpEscapes: () => ({ method: `${MATCHING}/StartMatching`, http: `{"ticketId":"${"\\u0041".repeat(170_000)}"}` }),
};
