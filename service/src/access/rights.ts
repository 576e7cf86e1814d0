// Who may call what: every method of matcher and fleet, in one table. A method that is missing does not compile, and a service
// that is missing is refused at the start.
import { FleetServiceDefinition, HostServiceDefinition } from "@muster/proto/fleet";
import {
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  type CreatePartyRequest,
  EventServiceDefinition,
  type InviteToPartyRequest,
  type JoinMatchingRequest,
  JoinTokenServiceDefinition,
  MatchmakingServiceDefinition,
  PartyServiceDefinition,
  type Player,
  PlayerDataServiceDefinition,
  type StartMatchingRequest,
} from "@muster/proto/matchmaking";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import { methodPath, type RequestOf, type Role, type ServiceDefinition } from "@muster/proto/rpc";
import { StatusServiceDefinition } from "@muster/proto/service";

export type Right<Request = never> = {
  /** Whose key or certificate allows the call. */
  readonly roles: readonly Role[];
  /**
   * READ changes nothing. WRITE is what players, games and matchers do all day. CONTROL is an operator's doing, and is logged with
   * the operator's name.
   */
  readonly kind: "READ" | "WRITE" | "CONTROL";
  /**
   * Whether the request itself proves that it comes from a session's own game server, which then needs no key: by a capability
   * that the handler checks. "STREAM": by the secret in the stream's first message, which the handler checks too.
   */
  readonly provenBy?: "STREAM" | ((request: Request) => boolean);
  /** It brings many requests, each of which its handler asks admission for (`CallContext.admitPlayers`). Default false. */
  readonly admitsEach?: boolean;
  /** The players that the request speaks for, whose own rate counts. */
  readonly playersOf?: (request: Request) => readonly string[];
};

type RightsOf<Definition extends ServiceDefinition> = {
  readonly [Name in keyof Definition["methods"]]: Right<RequestOf<Definition["methods"][Name]>>;
};

const CONTROL = { roles: ["OPERATOR"], kind: "CONTROL" } as const satisfies Right;
const BACKEND_WRITES = { roles: ["BACKEND", "OPERATOR"], kind: "WRITE" } as const satisfies Right;
const BACKEND_READS = { roles: ["BACKEND", "OPERATOR"], kind: "READ" } as const satisfies Right;
const MATCHER_WRITES = { roles: ["MATCHER", "OPERATOR"], kind: "WRITE" } as const satisfies Right;
const MATCHER_READS = { roles: ["MATCHER", "OPERATOR"], kind: "READ" } as const satisfies Right;
/** Names no player and no secret. */
const ALL_READ = { roles: ["BACKEND", "MATCHER", "OPERATOR", "OBSERVER"], kind: "READ" } as const satisfies Right;

const withCapability = ({ capability }: { readonly capability: string }) => capability !== "";

/** Whose rate counts for a ticket: who comes with it, or the leader of a party that comes as it is. */
export function playersOfStart({ players, party }: StartMatchingRequest): readonly string[] {
  if (players.length === 0 && party) return [party.leaderId];
  return players.map(({ playerId }) => playerId);
}

const matchmaking: RightsOf<typeof MatchmakingServiceDefinition> = {
  startMatching: {
    ...BACKEND_WRITES,
    playersOf: playersOfStart,
  },
  // One player who comes too often spoils no other ticket of the batch.
  startMatchingBatch: { ...BACKEND_WRITES, admitsEach: true },
  startMatchingStream: { ...BACKEND_WRITES, admitsEach: true },
  cancelMatching: BACKEND_WRITES,
  acceptMatch: BACKEND_WRITES,
  joinMatching: {
    ...BACKEND_WRITES,
    playersOf: ({ players }: JoinMatchingRequest) => players.map(({ playerId }) => playerId),
  },
  declineMatching: BACKEND_WRITES,
  describeMatchingProgress: BACKEND_READS,
  listTickets: BACKEND_READS,
  // Tells whom a backfill seated, which is not for players to know.
  describeTicketHistory: { roles: ["OPERATOR"], kind: "READ" },
  watchTickets: BACKEND_READS,
  explainTicket: BACKEND_READS,
};

/** Not for backends: a player whose backend could end a backfill would keep an advantage. */
const backfill: RightsOf<typeof BackfillServiceDefinition> = {
  // With a key, for a session that no matcher asked for: it has no capability before a matcher adopts it.
  startBackfill: { roles: ["GAME_SERVER", "OPERATOR"], kind: "WRITE", provenBy: withCapability },
  cancelBackfill: { roles: ["OPERATOR"], kind: "WRITE", provenBy: withCapability },
  describeBackfill: { roles: ["OPERATOR"], kind: "READ", provenBy: withCapability },
};

const configuration: RightsOf<typeof ConfigurationServiceDefinition> = {
  putRuleSet: CONTROL,
  describeRuleSet: ALL_READ,
  listRuleSets: ALL_READ,
  deleteRuleSet: CONTROL,
  putConfiguration: CONTROL,
  describeConfiguration: ALL_READ,
  listConfigurations: ALL_READ,
  deleteConfiguration: CONTROL,
};

/** Events carry player session ids: only an operator says where they go. */
const events: RightsOf<typeof EventServiceDefinition> = {
  putTarget: CONTROL,
  deleteTarget: CONTROL,
  rotateSecret: CONTROL,
  listTargets: { roles: ["OPERATOR"], kind: "READ" },
  listDeliveries: { roles: ["OPERATOR"], kind: "READ" },
  replay: CONTROL,
  watchEvents: BACKEND_READS,
};

const playerOf = ({ player }: { readonly player: Player | undefined }) => (player ? [player.playerId] : []);
const party: RightsOf<typeof PartyServiceDefinition> = {
  createParty: {
    ...BACKEND_WRITES,
    playersOf: ({ leader }: CreatePartyRequest) => (leader ? [leader.playerId] : []),
  },
  describeParty: BACKEND_READS,
  inviteToParty: { ...BACKEND_WRITES, playersOf: ({ leaderId }: InviteToPartyRequest) => [leaderId] },
  joinParty: { ...BACKEND_WRITES, playersOf: playerOf },
  askToJoinParty: { ...BACKEND_WRITES, playersOf: playerOf },
  answerPartyAsk: BACKEND_WRITES,
  leaveParty: BACKEND_WRITES,
  kickFromParty: BACKEND_WRITES,
  promoteInParty: BACKEND_WRITES,
  updatePartyMember: { ...BACKEND_WRITES, playersOf: playerOf },
  dissolveParty: BACKEND_WRITES,
  watchParties: BACKEND_READS,
};

/** Servers without a placement are the game's own: they, or its backend, let players in. */
const joinTokens: RightsOf<typeof JoinTokenServiceDefinition> = {
  redeemJoinToken: { roles: ["BACKEND", "GAME_SERVER", "OPERATOR"], kind: "WRITE" },
  listJoinKeys: { roles: ["OPERATOR"], kind: "READ" },
  rotateJoinKey: CONTROL,
  revokeJoinKey: CONTROL,
};

const playerData: RightsOf<typeof PlayerDataServiceDefinition> = { erasePlayer: CONTROL };

const fleet: RightsOf<typeof FleetServiceDefinition> = {
  startPlacement: MATCHER_WRITES,
  startPlacements: MATCHER_WRITES,
  stopPlacement: MATCHER_WRITES,
  describePlacement: MATCHER_READS,
  listPlacements: MATCHER_READS,
  watchPlacements: MATCHER_READS,
  applyFill: MATCHER_WRITES,
  updateServerSession: MATCHER_WRITES,
  adoptSession: MATCHER_WRITES,
  watchSessions: MATCHER_READS,
  // A backend may make battles of its own, and look at them.
  createServerSession: BACKEND_WRITES,
  createPlayerSessions: BACKEND_WRITES,
  terminateServerSession: BACKEND_WRITES,
  describeServerSessions: { roles: ["BACKEND", "MATCHER", "OPERATOR"], kind: "READ" },
  searchServerSessions: BACKEND_READS,
  describePlayerSessions: BACKEND_READS,
  describeProcesses: { roles: ["OPERATOR", "OBSERVER"], kind: "READ" },
  describeFleets: ALL_READ,
  describeAliases: ALL_READ,
  describeRegions: ALL_READ,
  scaleFleet: CONTROL,
  drainFleet: CONTROL,
  drainProcess: CONTROL,
  rollOutBuild: CONTROL,
  putAlias: CONTROL,
  deleteAlias: CONTROL,
  erasePlayer: CONTROL,
};

const host: RightsOf<typeof HostServiceDefinition> = {
  attach: { roles: ["GAME_SERVER", "OPERATOR"], kind: "WRITE", provenBy: "STREAM" },
};

const mockFleet: RightsOf<typeof MockFleetServiceDefinition> = {
  readProcessLog: { roles: ["OPERATOR"], kind: "READ" },
  addFault: CONTROL,
  removeFault: CONTROL,
  advanceClock: CONTROL,
  restartServers: CONTROL,
  listFaults: { roles: ["OPERATOR", "OBSERVER"], kind: "READ" },
};

const status: RightsOf<typeof StatusServiceDefinition> = { describeStatus: ALL_READ };

/** Rights by the path of a method, such as "/muster.fleet.v1.HostService/Attach". */
export const rights: ReadonlyMap<string, Right> = new Map([
  ...byPath(MatchmakingServiceDefinition, matchmaking),
  ...byPath(BackfillServiceDefinition, backfill),
  ...byPath(ConfigurationServiceDefinition, configuration),
  ...byPath(EventServiceDefinition, events),
  ...byPath(PartyServiceDefinition, party),
  ...byPath(PlayerDataServiceDefinition, playerData),
  ...byPath(JoinTokenServiceDefinition, joinTokens),
  ...byPath(FleetServiceDefinition, fleet),
  ...byPath(HostServiceDefinition, host),
  ...byPath(MockFleetServiceDefinition, mockFleet),
  ...byPath(StatusServiceDefinition, status),
]);

function byPath<Definition extends ServiceDefinition>(
  definition: Definition,
  ofMethods: RightsOf<Definition>,
): readonly (readonly [string, Right])[] {
  return Object.entries(definition.methods).map(([name, method]) => {
    return [methodPath(definition, method), ofMethods[name] as Right];
  });
}
