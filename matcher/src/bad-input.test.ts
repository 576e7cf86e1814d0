// What anybody may send, over real sockets: refused by its reason and field in few words, with nothing changed, and the
// matcher still serving.
import { limits, MusterError, readReason } from "@muster/proto";
import {
  type AcceptMatchRequest,
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  type ListTicketsRequest,
  MatchAnswer,
  type MatchmakingConfiguration,
  MatchmakingServiceDefinition,
  noProperties,
  type Player,
  type StartBackfillRequest,
  TicketState,
} from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MatcherClients, openSocketWorld, type SocketWorld } from "./socket-world.fixture.ts";

let world: SocketWorld;
/** How the calls of a row travel. */
let calls: MatcherClients;
let sessions: readonly string[] = [];
beforeAll(async () => {
  world = await openSocketWorld();
  calls = world;
  await start({}, "waiting");
  for (const name of ["s1", "s2", "s3", "s4"]) await startIn("duel", [player({ playerId: name })], name);
  for (const name of ["s1", "s3"]) await completed(name);
  sessions = world.fleet.sessions().map(({ battleSessionId }) => battleSessionId);
});
afterAll(() => world[Symbol.asyncDispose]());

const player = (changes: Partial<Player> = {}): Player => ({
  ...{ playerId: "p", attributes: { skill: 1 }, latenciesMs: {}, team: "" },
  ...changes,
});
const startIn = (configuration: string, players: readonly Player[], ticketId = "") =>
  calls.matching.startMatching({ ...noProperties, configuration, ticketId, players: [...players] });
const start = (changes: Partial<Player>, ticketId = "") => startIn("skilled", [player(changes)], ticketId);
/** What a batch of one says of its ticket, as the error that it stands for. */
const startInBatch = async (configuration: string, players: readonly Player[], ticketId = "") => {
  const tickets = [{ ...noProperties, configuration, ticketId, players: [...players] }];
  const { refusal } = (await calls.matching.startMatchingBatch({ tickets, brief: false })).tickets[0] ?? {};
  if (refusal) throw new MusterError(readReason(refusal.reason, "INTERNAL"), refusal.message, refusal);
};
const attribute = (x: unknown) => start({ attributes: { skill: 1, x } });
const answer = (changes: Partial<AcceptMatchRequest>) =>
  calls.matching.acceptMatch({
    ...{ ticketId: "s1", matchId: "match_1", playerIds: ["s1"], answer: MatchAnswer.ACCEPT },
    ...changes,
  });
const describeTickets = (ticketIds: string[]) => calls.matching.describeMatchingProgress({ ticketIds });
const listTickets = (changes: Partial<ListTicketsRequest>) =>
  calls.matching.listTickets({
    ...{ configuration: "", states: [], playerId: "", pageSize: 0, pageToken: "" },
    ...changes,
  });
const putRuleSet = (document: unknown, name = "bad") =>
  calls.configurations.putRuleSet({
    name,
    document: typeof document === "string" ? document : JSON.stringify(document),
  });
const configuration: MatchmakingConfiguration = {
  ...{
    name: "bad",
    ruleSet: "duel",
    queue: "",
    requestTimeoutSeconds: 0,
    autoBackfill: false,
    properties: {},
    data: "",
  },
  ...{ settleMs: undefined, placementRetries: undefined, alternatives: [], olderVersions: [] },
};
const putConfiguration = (changes: Partial<MatchmakingConfiguration>) =>
  calls.configurations.putConfiguration({ configuration: { ...configuration, ...changes } });
const startBackfill = (changes: Partial<StartBackfillRequest>) =>
  calls.backfill.startBackfill({
    ...{ battleSessionId: sessions[0] ?? "", strategy: BackfillStrategy.CUSTOM, addPlayers: { red: 1 } },
    ...{ replace: false, requestId: "", capability: "", seenRevision: 0 },
    ...changes,
  });
const watch = async (changes: {
  ticketIds?: string[];
  configuration?: string;
  resumeToken?: string;
  playerId?: string;
}) => {
  const request = { ticketIds: [], configuration: "", resumeToken: "", ...changes };
  for await (const event of calls.matching.watchTickets(request)) return event;
  return undefined;
};

async function completed(ticketId: string): Promise<void> {
  const request = { ticketIds: [ticketId], configuration: "", resumeToken: "" };
  for await (const { ticket } of calls.matching.watchTickets(request)) {
    if (ticket?.state === TicketState.COMPLETED) return;
  }
}

/** Everything that a refused call must leave as it was. */
async function readState(): Promise<unknown> {
  let records = 0;
  for await (const _ of world.journal.read("matcher", 1)) records += 1;
  return [records, await calls.configurations.listConfigurations({}), await describeTickets(["waiting", "s1"])];
}

type Row = {
  /** What JSON has no words for comes over gRPC only; what HTTP's own bytes may say instead is in http-bad-input.test.ts. */
  readonly only?: "gRPC";
  readonly name: string;
  readonly call: () => Promise<unknown>;
  readonly reason: string;
  readonly field?: string;
};

/** HTTP names fields as JSON does, where JSON is what cannot be read. */
const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Where a name is long, each says as much of it as it likes. */
const short = (path = "") => path.slice(0, 64);

function refuses(title: string, rows: readonly Row[]): void {
  describe.each(["gRPC", "HTTP"] as const)(`${title} over %s`, (transport) => {
    beforeAll(() => {
      calls = transport === "HTTP" ? world.http : world;
    });
    afterAll(() => {
      calls = world;
    });
    for (const { name, call, reason, field, only = transport } of rows) {
      if (only !== transport) continue;
      test(`refuses ${name}`, async () => {
        const before = await readState();
        const [error, others] = await Promise.all([
          call().then(
            () => undefined,
            (caught: unknown) => caught,
          ),
          describeTickets(["waiting"]),
        ]);
        expect(error).toBeInstanceOf(MusterError);
        expect(error).toMatchObject({ reason });
        const { message, metadata } = error as MusterError;
        if (field !== undefined) expect([field, camelCase(field)].map(short)).toContain(short(metadata.field));
        expect(message).toMatch(/^Cannot /);
        expect(message.length).toBeLessThanOrEqual(reason === "RULE_SET_INVALID" ? 2_100 : 400);
        // The value is shown, cut, and no line of a stack.
        expect(message).not.toMatch(/x{65}|😀{33}|\n\s+at /u);
        expect(others.tickets).toHaveLength(1);
        expect(await readState()).toEqual(before);
      });
    }
  });
}

const EMOJI = "😀";
const long = "x".repeat(100_000);
const badIds = [
  { name: "129 characters", id: "x".repeat(129) },
  { name: "other letters", id: "tïcket" },
  { name: "a control character", id: "a\u0000b" },
  { name: "a line break", id: "abc\n" },
  { name: "half a character at the cut", id: `${"x".repeat(63)}${EMOJI}` },
  { name: "100,000 characters", id: long },
];
const idFields: readonly { readonly field: string; readonly call: (id: string) => Promise<unknown> }[] = [
  { field: "ticket_id", call: (id) => start({}, id) },
  { field: "configuration", call: (id) => startIn(id, [player()]) },
  { field: "ticket_id", call: (id) => startInBatch("skilled", [player()], id) },
  { field: "configuration", call: (id) => startInBatch(id, [player()]) },
  { field: "ticket_id", call: (ticketId) => calls.matching.cancelMatching({ ticketId }) },
  { field: "ticket_id", call: (id) => calls.matching.explainTicket({ ticketId: id }) },
  { field: "ticket_id", call: (ticketId) => calls.matching.describeTicketHistory({ ticketId }) },
  { field: "configuration", call: (id) => listTickets({ configuration: id }) },
  { field: "ticket_id", call: (ticketId) => answer({ ticketId }) },
  { field: "match_id", call: (matchId) => answer({ matchId }) },
  { field: "ticket_ids[1]", call: (id) => describeTickets(["waiting", id]) },
  { field: "ticket_ids[0]", call: (id) => watch({ ticketIds: [id] }) },
  { field: "configuration", call: (id) => watch({ configuration: id }) },
  { field: "battle_session_id", call: (battleSessionId) => startBackfill({ battleSessionId }) },
  { field: "request_id", call: (requestId) => startBackfill({ requestId }) },
  {
    field: "request_id",
    call: (requestId) => {
      return calls.backfill.cancelBackfill({ battleSessionId: sessions[0] ?? "", requestId, capability: "" });
    },
  },
  {
    field: "battle_session_id",
    call: (battleSessionId) => calls.backfill.describeBackfill({ battleSessionId, capability: "" }),
  },
  { field: "name", call: (id) => putRuleSet("{}", id) },
  { field: "name", call: (name) => putConfiguration({ name }) },
  { field: "name", call: (name) => calls.configurations.describeConfiguration({ name }) },
  { field: "name", call: (name) => calls.configurations.deleteConfiguration({ name, expectedVersion: 0 }) },
  { field: "name", call: (name) => calls.configurations.describeRuleSet({ name }) },
  { field: "name", call: (name) => calls.configurations.deleteRuleSet({ name, expectedVersion: 0 }) },
  {
    field: "alternatives[0].rule_set",
    call: (ruleSet) => putConfiguration({ alternatives: [{ ruleSet, queue: "" }] }),
  },
  { field: "rule_set", call: (ruleSet) => putConfiguration({ ruleSet }) },
  { field: "queue", call: (queue) => putConfiguration({ queue }) },
];
refuses(
  "ids",
  idFields.flatMap(({ field, call }, index) =>
    badIds.map(({ name, id }) => {
      return { name: `${name} as ${field} (${index})`, call: () => call(id), reason: "ID_MALFORMED", field };
    }),
  ),
);

const many = (count: number, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, value]));
const of = (x: string) => ({ reason: "FIELD_INVALID", field: `players[0].attributes${x}` });
const text = "x".repeat(250);
refuses("players", [
  ...[
    { name: "no player id", id: "" },
    { name: "257 bytes", id: "é".repeat(129) },
    { name: "a bell", id: "a\u0007" },
    { name: "a C1 control", id: "a\u0085" },
  ].map(({ name, id }) => {
    return { name, call: () => start({ playerId: id }), reason: "ID_MALFORMED", field: "players[0].player_id" };
  }),
  {
    name: "101 players",
    call: () =>
      startIn(
        "skilled",
        Array.from({ length: 101 }, (_, index) => player({ playerId: `p${index}` })),
      ),
    ...{ reason: "FIELD_INVALID", field: "players" },
  },
  {
    name: "a batch of no ticket",
    call: () => calls.matching.startMatchingBatch({ tickets: [], brief: false }),
    ...{ reason: "FIELD_INVALID", field: "tickets" },
  },
  {
    name: "a batch of 101 tickets",
    call: () => {
      const tickets = Array.from({ length: 101 }, () => ({
        ...noProperties,
        configuration: "skilled",
        ticketId: "",
        players: [player()],
      }));
      return calls.matching.startMatchingBatch({ tickets, brief: false });
    },
    ...{ reason: "FIELD_INVALID", field: "tickets" },
  },
  {
    name: "a player twice",
    call: () => startIn("skilled", [player(), player()]),
    reason: "FIELD_INVALID",
    field: "players",
  },
  {
    name: "more than a ticket's answers could hold",
    call: () => {
      const attributes = { skill: 1, ...many(60, text) };
      return startIn(
        "skilled",
        Array.from({ length: 50 }, (_, index) => player({ playerId: `p${index}`, attributes })),
      );
    },
    ...{ reason: "FIELD_INVALID", field: "players" },
  },
  { name: "a queued player", call: () => start({ playerId: "p" }, "second"), reason: "PLAYER_ALREADY_QUEUED" },
  { name: "an id with another body", call: () => start({ attributes: { skill: 2 } }, "waiting"), reason: "ID_REUSED" },
  { name: "a team of nowhere", call: () => start({ team: long }), reason: "FIELD_INVALID", field: "players[0].team" },
  {
    name: "more data for the game server than fits",
    call: () => start({ data: "x".repeat(2_049) }),
    ...{ reason: "FIELD_INVALID", field: "players[0].data" },
  },
  { name: "constructor as a team", call: () => start({ team: "constructor" }), reason: "FIELD_INVALID" },
  { name: "65 attributes", call: () => start({ attributes: many(65) }), ...of("") },
  { name: "10,000 attributes", only: "gRPC", call: () => start({ attributes: many(10_000) }), ...of("") },
  { name: "no attribute name", call: () => start({ attributes: { skill: 1, "": 1 } }), ...of("") },
  { name: "65 characters of name", call: () => start({ attributes: { [text.slice(0, 65)]: 1 } }), ...of("") },
  { name: "constructor as a name", call: () => start({ attributes: { skill: 1, constructor: 1 } }), ...of("") },
  { name: "prototype as a name", call: () => start({ attributes: { skill: 1, prototype: 1 } }), ...of("") },
  { name: "NaN", call: () => attribute(Number.NaN), ...of(".x") },
  { name: "Infinity", call: () => attribute(Number("1e400")), ...of(".x") },
  { name: "-Infinity", call: () => attribute(Number.NEGATIVE_INFINITY), ...of(".x") },
  { name: "more than 1e15", call: () => attribute(1.1e15), ...of(".x") },
  { name: "null", call: () => attribute(null), ...of(".x") },
  { name: "a boolean", call: () => attribute(true), ...of(".x") },
  { name: "a list of numbers", call: () => attribute([1, 2]), ...of(".x[0]") },
  { name: "101 items", call: () => attribute(Array(101).fill("a")), ...of(".x") },
  { name: "lists in lists", call: () => attribute([[[[["a"]]]]]), ...of(".x[0]") },
  { name: "a map in a list whose toString is none", call: () => attribute([{ toString: 1 }]), ...of(".x[0]") },
  { name: "a map in a map", call: () => attribute({ a: { toString: "x", valueOf: 1 } }), ...of(".x.a") },
  { name: "text in a map", call: () => attribute({ a: "x" }), ...of(".x.a") },
  { name: "NaN in a map", call: () => attribute({ a: Number.NaN }), ...of(".x.a") },
  { name: "101 keys", call: () => attribute(many(101)), ...of(".x") },
  { name: "constructor as a key", call: () => attribute({ constructor: 1 }), ...of(".x") },
  { name: "a key of 100,000", call: () => attribute({ [long]: 1 }), ...of(".x") },
  { name: "257 characters", call: () => attribute("x".repeat(257)), ...of(".x") },
  {
    name: "half a character at the cut",
    call: () => attribute(`${text.slice(0, 62)}${EMOJI.repeat(200)}`),
    ...of(".x"),
  },
  { name: "a missing attribute", call: () => start({ attributes: {} }), reason: "ATTRIBUTE_INVALID" },
  {
    name: "65 regions",
    call: () => start({ latenciesMs: many(65) as Record<string, number> }),
    reason: "FIELD_INVALID",
  },
  { name: "a malformed region", call: () => start({ latenciesMs: { "e u": 1 } }), reason: "ID_MALFORMED" },
  ...[-1, 60_001, 2 ** 31 - 1, -(2 ** 31)].map((ms) => ({
    name: `${ms} ms`,
    call: () => start({ latenciesMs: { eu: ms } }),
    ...{ reason: "FIELD_INVALID", field: "players[0].latencies_ms.eu" },
  })),
]);

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
refuses("reads, watches and cancels", [
  { name: "no tickets", call: () => describeTickets([]), reason: "FIELD_INVALID", field: "ticket_ids" },
  { name: "129 tickets", call: () => describeTickets(idsOf(129)), reason: "FIELD_INVALID", field: "ticket_ids" },
  { name: "14,900 empty ids", call: () => describeTickets(Array(14_900).fill("")), reason: "FIELD_INVALID" },
  {
    name: "why an unknown ticket waits",
    call: () => calls.matching.explainTicket({ ticketId: "none" }),
    reason: "TICKET_NOT_FOUND",
  },
  { name: "an unknown ticket", call: () => describeTickets(["waiting", "none"]), reason: "TICKET_NOT_FOUND" },
  { name: "to watch 129 tickets", call: () => watch({ ticketIds: idsOf(129) }), reason: "FIELD_INVALID" },
  {
    name: "to watch both",
    call: () => watch({ ticketIds: ["waiting"], configuration: "duel" }),
    reason: "FIELD_INVALID",
  },
  {
    name: "to watch what is not there",
    call: () => watch({ configuration: "none" }),
    reason: "CONFIGURATION_NOT_FOUND",
  },
  ...["garbage", "t1.", "t1.-1", "t2.1", "t1.zzzzzzzzzzz", `${"x".repeat(62)}${EMOJI}`, long].map((resumeToken) => ({
    name: `the token ${resumeToken.slice(0, 20)} of ${resumeToken.length}`,
    call: () => watch({ resumeToken }),
    ...{ reason: "FIELD_INVALID", field: "resume_token" },
  })),
  {
    name: "to watch a player and tickets",
    call: () => watch({ ticketIds: ["waiting"], playerId: "p" }),
    ...{ reason: "FIELD_INVALID", field: "player_id" },
  },
  {
    name: "to watch a player and a configuration",
    call: () => watch({ configuration: "duel", playerId: "p" }),
    ...{ reason: "FIELD_INVALID", field: "configuration" },
  },
  {
    name: "to watch nobody by an empty id",
    call: () => watch({ playerId: "" }),
    ...{ reason: "ID_MALFORMED", field: "player_id" },
  },
  {
    name: "to list tickets in a state that there is not",
    only: "gRPC",
    call: () => listTickets({ states: [99 as 1] }),
    ...{ reason: "FIELD_INVALID", field: "states[0]" },
  },
  {
    name: "to list tickets in a state twice",
    call: () => listTickets({ states: [1, 1] }),
    ...{ reason: "FIELD_INVALID", field: "states" },
  },
  {
    name: "to list tickets of a player without a name",
    call: () => listTickets({ playerId: "a\u0007" }),
    ...{ reason: "ID_MALFORMED", field: "player_id" },
  },
  ...[-1, 101].map((pageSize) => ({
    name: `a page of ${pageSize} tickets`,
    call: () => listTickets({ pageSize }),
    ...{ reason: "FIELD_INVALID", field: "page_size" },
  })),
  {
    name: "a range of times that ends before it begins",
    call: () => listTickets({ createdFrom: new Date(2_000), createdBefore: new Date(1_000) }),
    ...{ reason: "FIELD_INVALID", field: "created_before" },
  },
  ...["l1.x.1", `l1.${"A".repeat(16)}.1`, "l1.AAAAAAAAAAAAAAAA.!", "x".repeat(10_000)].map((pageToken) => ({
    name: `${pageToken.slice(0, 24)} as a page's token`,
    call: () => listTickets({ pageToken }),
    ...{ reason: "FIELD_INVALID", field: "page_token" },
  })),
  { name: "a token from the future", call: () => watch({ resumeToken: "t1.zzzzzzzzzz" }), reason: "CURSOR_EXPIRED" },
  {
    name: "to cancel the unknown",
    call: () => calls.matching.cancelMatching({ ticketId: "no" }),
    reason: "TICKET_NOT_FOUND",
  },
  {
    name: "to cancel what is matched",
    call: () => calls.matching.cancelMatching({ ticketId: "s1" }),
    reason: "TICKET_ALREADY_MATCHED",
  },
]);

refuses("answers to matches", [
  { name: "nobody's", call: () => answer({ playerIds: [] }), reason: "FIELD_INVALID", field: "player_ids" },
  { name: "101 players'", call: () => answer({ playerIds: idsOf(101) }), reason: "FIELD_INVALID", field: "player_ids" },
  { name: "one player's twice", call: () => answer({ playerIds: ["s1", "s1"] }), reason: "FIELD_INVALID" },
  {
    name: "a bell's",
    call: () => answer({ playerIds: ["s1", "a\u0007"] }),
    ...{ reason: "ID_MALFORMED", field: "player_ids[1]" },
  },
  { name: "none", call: () => answer({ answer: MatchAnswer.UNSPECIFIED }), reason: "FIELD_INVALID", field: "answer" },
  {
    name: "one of the future",
    only: "gRPC",
    call: () => answer({ answer: 99 as MatchAnswer }),
    reason: "FIELD_INVALID",
    field: "answer",
  },
  { name: "an unknown ticket's", call: () => answer({ ticketId: "none" }), reason: "TICKET_NOT_FOUND" },
  { name: "another ticket's player's", call: () => answer({ playerIds: ["s2"] }), reason: "PLAYER_NOT_IN_TICKET" },
  { name: "one to a match that nobody proposed", call: () => answer({}), reason: "PROPOSAL_NOT_FOUND" },
  {
    name: "one of a ticket that searches",
    call: () => answer({ ticketId: "waiting", playerIds: ["p"] }),
    reason: "PROPOSAL_NOT_FOUND",
  },
]);

const capabilityOfOther = () => {
  const request = world.fleet.requests.get(world.fleet.placements[1] ?? "");
  return Buffer.from(request?.capabilityKey ?? []).toString("base64url");
};
const toAdd = (addPlayers: Record<string, number>) => startBackfill({ addPlayers });
refuses("backfills", [
  { name: "no team", call: () => toAdd({}), reason: "FIELD_INVALID", field: "add_players" },
  { name: "0 players", call: () => toAdd({ red: 0 }), reason: "FIELD_INVALID", field: "add_players.red" },
  { name: "-1 players", call: () => toAdd({ red: -1 }), reason: "FIELD_INVALID", field: "add_players.red" },
  { name: "2^31-1 players", call: () => toAdd({ red: 2 ** 31 - 1 }), reason: "TEAM_SIZE_EXCEEDED" },
  { name: "an unknown team", call: () => toAdd({ constructor: 1 }), reason: "TEAM_UNKNOWN" },
  { name: "a team of 100,000", call: () => toAdd({ [long]: 1 }), reason: "TEAM_UNKNOWN" },
  {
    name: "10,001 teams",
    only: "gRPC",
    call: () => toAdd(many(10_001) as Record<string, number>),
    ...{ reason: "FIELD_INVALID", field: "add_players" },
  },
  {
    name: "teams beside MAX_POSSIBLE",
    call: () => startBackfill({ strategy: BackfillStrategy.MAX_POSSIBLE }),
    ...{ reason: "FIELD_INVALID", field: "add_players" },
  },
  {
    name: "a strategy of the future",
    only: "gRPC",
    call: () => startBackfill({ strategy: 99 as BackfillStrategy }),
    ...{ reason: "FIELD_INVALID", field: "strategy" },
  },
  {
    name: "an unknown session",
    call: () => startBackfill({ battleSessionId: "no" }),
    reason: "BATTLE_SESSION_NOT_FOUND",
  },
  {
    name: "a revision that comes much later, at the deadline",
    call: () => {
      const request = { battleSessionId: sessions[0] ?? "", strategy: BackfillStrategy.CUSTOM, addPlayers: { red: 1 } };
      const rest = { replace: false, requestId: "", capability: "", seenRevision: 2 ** 53 - 1 };
      return calls.backfill.startBackfill({ ...request, ...rest }, { deadlineMs: 50 });
    },
    reason: "DEADLINE_PASSED",
  },
  ...[
    { name: "half a capability", capability: () => capabilityOfOther().slice(0, 20), reason: "CREDENTIALS_INVALID" },
    { name: "the secret of another session", capability: capabilityOfOther, reason: "NOT_YOUR_SESSION" },
    { name: "as many other characters", capability: () => "é".repeat(43), reason: "CREDENTIALS_INVALID" },
    { name: "100,000 characters", capability: () => long, reason: "CREDENTIALS_INVALID" },
  ].flatMap(({ name, capability, reason }) => [
    {
      name: `to start a backfill for ${name}`,
      call: () => startBackfill({ capability: capability() }),
      reason,
    },
    {
      name: `to cancel a backfill for ${name}`,
      call: () => {
        const request = { battleSessionId: sessions[0] ?? "", requestId: "", capability: capability() };
        return calls.backfill.cancelBackfill(request);
      },
      reason,
    },
  ]),
]);

const teams = [{ name: "red", minPlayers: 1, maxPlayers: 1 }];
const ruleSet = (more: object) => ({ version: "v1.0", teams, ...more });
const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
const measure = (measurement: string) => {
  return ruleSet({ rules: [{ name: "r", type: "comparisonRule", operation: "=", measurements: [measurement] }] });
};
refuses(
  "rule sets",
  [
    { name: "no JSON", document: "{" },
    { name: "no JSON of emoji", document: EMOJI.repeat(1_000) },
    { name: "65,536 characters", document: `${JSON.stringify(ruleSet({}))}${" ".repeat(65_535)}` },
    { name: "900,000 characters", document: "x".repeat(900_000) },
    { name: "30,000 lists in one another", document: deep },
    { name: "30,000 lists where teams belong", document: `{"version":"v1.0","teams":${deep}}` },
    { name: "30,000 lists under an unknown key", document: `{"version":"v1.0","teams":[],"x":${deep}}` },
    { name: "a string without end", document: '"\\"'.repeat(20_000) },
    { name: "5,000 unknown keys", document: ruleSet(many(5_000)) },
    { name: "a key of 60,000", document: ruleSet({ ["ü".repeat(60_000)]: 1 }) },
    { name: "a value cut inside a character", document: ruleSet({ x: EMOJI.repeat(15_000) }) },
    { name: "10,000 rules", document: ruleSet({ rules: Array(10_000).fill({}) }) },
    {
      name: "an attribute name of 60,000",
      document: measure(`teams[red].players.playerAttributes[${long.slice(0, 60_000)}]`),
    },
    { name: "30,000 teams in one expression", document: measure(`teams[${"t,".repeat(30_000)}]`) },
    { name: "10,000 functions in one another", document: measure("min(".repeat(10_000)) },
    { name: "60,000 spaces", document: measure(`${" ".repeat(60_000)}x`) },
    { name: "a team of a million", document: ruleSet({ teams: [{ name: "red", minPlayers: 1, maxPlayers: 1e6 }] }) },
    { name: "a billion teams", document: ruleSet({ teams: [{ ...teams[0], maxQuantity: 1e9 }] }) },
    {
      name: "1e400 players",
      document: '{"version":"v1.0","teams":[{"name":"red","minPlayers":1,"maxPlayers":1e400}]}',
    },
    { name: "constructor as a team", document: ruleSet({ teams: [{ ...teams[0], name: "constructor" }] }) },
    { name: "__proto__ as a key", document: '{"version":"v1.0","__proto__":{"teams":[]}}' },
  ].map(({ name, document }) => ({ name, call: () => putRuleSet(document), reason: "RULE_SET_INVALID" })),
);

const properties = (count: number) => many(count, "v") as Record<string, string>;
refuses("configurations", [
  ...(
    [
      {
        field: "request_timeout_seconds",
        values: [-1, 43_201, 2 ** 31 - 1],
        of: (it) => ({ requestTimeoutSeconds: it }),
      },
      {
        field: "acceptance.timeout_seconds",
        values: [-1, 601],
        of: (it) => ({ acceptance: { timeoutSeconds: it, autoContinue: true } }),
      },
      {
        field: "session.reservation_seconds",
        values: [0, 3_601],
        of: (it) => ({ session: { name: "", reservationSeconds: it, disconnectGraceSeconds: undefined } }),
      },
      {
        field: "session.disconnect_grace_seconds",
        values: [-1, 3_601],
        of: (it) => ({ session: { name: "", reservationSeconds: undefined, disconnectGraceSeconds: it } }),
      },
      { field: "settle_ms", values: [-1, 10_001], of: (it) => ({ settleMs: it }) },
      { field: "placement_retries", values: [-1, 11], of: (it) => ({ placementRetries: it }) },
    ] satisfies { field: string; values: number[]; of: (it: number) => Partial<MatchmakingConfiguration> }[]
  ).flatMap(({ field, values, of: changes }) =>
    values.map((value) => {
      return {
        name: `${value} as ${field}`,
        call: () => putConfiguration(changes(value)),
        reason: "FIELD_INVALID",
        field,
      };
    }),
  ),
  {
    name: "no configuration",
    call: () => calls.configurations.putConfiguration({ configuration: undefined }),
    ...{ reason: "FIELD_INVALID", field: "configuration" },
  },
  { name: "an unknown rule set", call: () => putConfiguration({ ruleSet: "none" }), reason: "RULE_SET_NOT_FOUND" },
  {
    name: "backfill beside acceptance",
    call: () => putConfiguration({ queue: "q", autoBackfill: true, acceptance: { timeoutSeconds: 1 } }),
    reason: "BACKFILL_WITH_ACCEPTANCE",
  },
  { name: "backfill without a queue", call: () => putConfiguration({ autoBackfill: true }), reason: "FIELD_INVALID" },
  { name: "65 properties", call: () => putConfiguration({ properties: properties(65) }), reason: "FIELD_INVALID" },
  {
    name: "a property without a key",
    call: () => putConfiguration({ properties: { "": "v" } }),
    ...{ reason: "FIELD_INVALID", field: "properties" },
  },
  {
    name: "a property's key of 100,000",
    call: () => putConfiguration({ properties: { [long]: "v" } }),
    ...{ reason: "FIELD_INVALID", field: "properties" },
  },
  {
    name: "a long value under a key cut inside a character",
    call: () => putConfiguration({ properties: { [`${"x".repeat(63)}${EMOJI}`]: long } }),
    ...{ reason: "FIELD_INVALID", field: `properties.${"x".repeat(63)}\ufffd` },
  },
  {
    name: "262,145 characters of data",
    call: () => putConfiguration({ data: "x".repeat(262_145) }),
    ...{ reason: "FIELD_INVALID", field: "data" },
  },
]);

/** Any method, asked in bytes. */
const bytesOf = (service: { readonly fullName: string; readonly name: string }, name: string) => {
  const requestType = { encode: (bytes: Uint8Array) => ({ finish: () => bytes }), decode: (bytes: unknown) => bytes };
  const responseType = { encode: () => ({ finish: () => new Uint8Array() }), decode: () => ({}) };
  const methods = { call: { name, requestType, requestStream: false, responseType, responseStream: false } as const };
  return (bytes: Uint8Array) => world.peer.client({ ...service, methods }).call(bytes);
};
const methods = [MatchmakingServiceDefinition, BackfillServiceDefinition, ConfigurationServiceDefinition].flatMap(
  (service) => Object.values(service.methods).map(({ name }) => ({ name, call: bytesOf(service, name) })),
);
refuses(
  "bytes",
  methods.flatMap(({ name, call }) => [
    { name: `garbage as ${name}`, call: () => call(new Uint8Array(20).fill(255)), reason: "FIELD_INVALID" },
    {
      name: `a text that ends early as ${name}`,
      call: () => call(Uint8Array.of(10, 200, 1, 65)),
      reason: "FIELD_INVALID",
    },
    {
      name: `more than a message as ${name}`,
      call: () => call(new Uint8Array(limits.MESSAGE_BYTES_MAX + 1)),
      reason: "MESSAGE_TOO_LARGE",
    },
  ]),
);
refuses("what is not there", [
  {
    name: "a method",
    call: () => bytesOf(BackfillServiceDefinition, "Nope")(new Uint8Array()),
    reason: "METHOD_UNKNOWN",
  },
  {
    name: "the name of the prototype in any text",
    only: "gRPC",
    call: () => start({ attributes: Object.fromEntries([["__proto__", 1]]) }),
    reason: "FIELD_INVALID",
  },
]);

test("a repeat in which maps come in another order is the same body", async () => {
  const attributes = { a: ["x"], m: { k: 1, j: 2 }, skill: -0 };
  const first = await start({ playerId: "repeated", attributes, latenciesMs: { eu: 1, us: 2 } }, "repeated");
  const reordered = { skill: 0, m: { j: 2, k: 1 }, a: ["x"] };
  const again = await start({ playerId: "repeated", attributes: reordered, latenciesMs: { us: 2, eu: 1 } }, "repeated");
  const { players, createdAt } = first.ticket ?? {};
  expect(again.ticket).toMatchObject({ players, createdAt }); // Its state may have moved on.
});

test("a watch that names a ticket 128 times tells of it once", async () => {
  const events: unknown[] = [];
  const stop = new AbortController();
  const request = { ticketIds: Array<string>(128).fill("s1"), configuration: "", resumeToken: "" };
  const heard = (async () => {
    for await (const { ticket } of calls.matching.watchTickets(request, { signal: stop.signal })) {
      events.push(ticket?.version);
      if (ticket?.state === TicketState.COMPLETED) stop.abort();
    }
  })();
  await expect(heard).rejects.toMatchObject({ reason: "CALL_CANCELLED" });
  expect(events).toEqual([1, 2, 3]);
});

test("a configuration that no listing could name with the others is refused", async () => {
  const data = "x".repeat(262_144);
  const put = async () => {
    for (let index = 0; index < 5; index += 1) await putConfiguration({ name: `large-${index}`, data });
  };
  await expect(put()).rejects.toMatchObject({ reason: "MESSAGE_TOO_LARGE" });
  const { configurations } = await calls.configurations.listConfigurations({});
  expect(configurations.filter(({ name }) => name.startsWith("large-"))).toHaveLength(3);
});

test("a match that no request to the fleet could name fails, and does not wait for ever", async () => {
  await putRuleSet(ruleSet({ teams: [{ name: "red", minPlayers: 100, maxPlayers: 100 }] }), "crowd");
  await putConfiguration({ name: "crowd", ruleSet: "crowd", queue: "queue", placementRetries: 0 });
  const attributes = many(60, text.slice(0, 180));
  const ids = ["c1", "c2", "c3", "c4", "c5"];
  for (const id of ids) {
    const party = Array.from({ length: 20 }, (_, index) => player({ playerId: `${id}-${index}`, attributes }));
    await startIn("crowd", party, id);
  }
  for await (const { ticket } of calls.matching.watchTickets({
    ticketIds: ["c1"],
    configuration: "",
    resumeToken: "",
  })) {
    if (ticket?.state !== TicketState.FAILED) continue;
    expect(ticket).toMatchObject({ version: 3, cause: "PLACEMENT_FAILED" });
    break;
  }
});

test("a player may ask for any team of the rule set, whatever its letters", async () => {
  await putRuleSet(ruleSet({ teams: [{ name: "Équipe 1", minPlayers: 2, maxPlayers: 2 }] }), "letters");
  await putConfiguration({ name: "letters", ruleSet: "letters" });
  const { ticket } = await startIn("letters", [player({ playerId: "é", team: "Équipe 1" })]);
  expect(ticket?.players[0]?.team).toBe("Équipe 1");
});

const ask = (playerIds: string[], timeoutSeconds = 0, players: Player[] = []) =>
  calls.matching.startMatching({
    ...{ ...noProperties, configuration: "skilled", ticketId: "", players },
    asked: { playerIds, timeoutSeconds },
  });
const join = (players: Player[], ticketId = "s1") => calls.matching.joinMatching({ ticketId, players });

refuses("a ticket that asks players to join", [
  { name: "nobody asked", call: () => ask([]), reason: "FIELD_INVALID", field: "asked.player_ids" },
  { name: "101 asked", call: () => ask(idsOf(101)), reason: "FIELD_INVALID", field: "asked.player_ids" },
  { name: "one asked twice", call: () => ask(["a", "a"]), reason: "FIELD_INVALID", field: "players" },
  { name: "one asked who is in", call: () => ask(["p"], 0, [player()]), reason: "FIELD_INVALID", field: "players" },
  { name: "an id with a bell", call: () => ask(["a\u0007"]), reason: "ID_MALFORMED", field: "asked.player_ids[0]" },
  { name: "a time below 0", call: () => ask(["a"], -1), reason: "FIELD_INVALID", field: "asked.timeout_seconds" },
  { name: "more than an hour", call: () => ask(["a"], 3_601), reason: "FIELD_INVALID", field: "asked.timeout_seconds" },
  { name: "nobody who joins", call: () => join([]), reason: "FIELD_INVALID", field: "players" },
  { name: "one who joins twice", call: () => join([player(), player()]), reason: "FIELD_INVALID", field: "players" },
  { name: "a stranger who joins", call: () => join([player()]), reason: "PLAYER_NOT_IN_TICKET" },
  { name: "a join to nothing", call: () => join([player()], "none"), reason: "TICKET_NOT_FOUND" },
  {
    name: "a stranger who declines",
    call: () => calls.matching.declineMatching({ ticketId: "s1", playerId: "p" }),
    reason: "PLAYER_NOT_IN_TICKET",
  },
]);
