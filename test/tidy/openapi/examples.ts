// Requests as somebody would send them, one a method, for the OpenAPI documents and the page to try them on. A test reads each as
// its method does.

const players = [{ playerId: "ann", attributes: { skill: 1200 }, latenciesMs: { local: 20 } }];

/** By "package.Service/Method". */
export const examples: Readonly<Record<string, object>> = {
  "muster.matchmaking.v1.MatchmakingService/StartMatching": { configuration: "duel", ticketId: "t-ann", players },
  "muster.matchmaking.v1.MatchmakingService/StartMatchingBatch": {
    tickets: [
      { configuration: "duel", ticketId: "t-ann", players },
      { configuration: "duel", ticketId: "t-ben", players: [{ playerId: "ben", attributes: { skill: 1250 } }] },
    ],
  },
  "muster.matchmaking.v1.MatchmakingService/CancelMatching": { ticketId: "t-ann" },
  "muster.matchmaking.v1.MatchmakingService/DescribeMatchingProgress": { ticketIds: ["t-ann", "t-ben"] },
  "muster.matchmaking.v1.MatchmakingService/AcceptMatch": {
    ...{ ticketId: "t-ann", matchId: "match_0123456789abcdefghjkmnpqrs", playerIds: ["ann"], answer: "ACCEPT" },
  },
  "muster.matchmaking.v1.MatchmakingService/WatchTickets": { ticketIds: ["t-ann"] },
  "muster.matchmaking.v1.MatchmakingService/ExplainTicket": { ticketId: "t-ann" },
  "muster.matchmaking.v1.BackfillService/StartBackfill": {
    ...{ battleSessionId: "bs_0123456789abcdefghjkmnpqrs", strategy: "CUSTOM", addPlayers: { red: 1 } },
  },
  "muster.matchmaking.v1.BackfillService/CancelBackfill": { battleSessionId: "bs_0123456789abcdefghjkmnpqrs" },
  "muster.matchmaking.v1.BackfillService/DescribeBackfill": { battleSessionId: "bs_0123456789abcdefghjkmnpqrs" },
  "muster.matchmaking.v1.ConfigurationService/PutRuleSet": {
    name: "duel",
    document:
      '{"version": "v1.0", "teams": [{"name": "red", "minPlayers": 1, "maxPlayers": 1}, {"name": "blue", "minPlayers": 1, "maxPlayers": 1}]}',
  },
  "muster.matchmaking.v1.ConfigurationService/PutConfiguration": {
    configuration: { name: "duel", ruleSet: "duel", queue: "duels", requestTimeoutSeconds: 60 },
  },
  "muster.matchmaking.v1.ConfigurationService/ListConfigurations": {},
  "muster.matchmaking.v1.JoinTokenService/RedeemJoinToken": {
    token: "eyJhbGciOiJFZERTQSIsImtpZCI6ImprXzEifQ.eyJzdWIiOiJhbm4ifQ.c2ln",
    matchId: "match_0123456789abcdefghjkmnpqrs",
    requestId: "door-17",
  },
  "muster.matchmaking.v1.JoinTokenService/ListJoinKeys": {},
  "muster.matchmaking.v1.JoinTokenService/RotateJoinKey": { keyId: "jk_spring", delaySeconds: 600 },
  "muster.matchmaking.v1.PlayerDataService/ErasePlayer": { playerId: "ann" },
  "muster.fleet.v1.FleetService/StartPlacement": {
    ...{ placementId: "placement-1", queue: "duels", owner: "lobby", capacity: 2 },
  },
  "muster.fleet.v1.FleetService/DescribePlacement": { placementId: "placement-1" },
  "muster.fleet.v1.FleetService/DescribeServerSessions": { includeEnded: true },
  "muster.fleet.v1.FleetService/DescribeProcesses": {},
  "muster.fleet.v1.FleetService/DescribeFleets": {},
  "muster.fleet.v1.FleetService/CreateServerSession": { fleet: "duels", capacity: 8, name: "Ann's room" },
  "muster.fleet.v1.FleetService/WatchSessions": {},
  "muster.fleet.v1.FleetService/ScaleFleet": { fleet: "duels", scaling: { processes: 3 } },
  "muster.mockfleet.v1.MockFleetService/ListFaults": {},
};
