// Faults of the fleet and of sidecars.
import type { PlantedFault } from "./planted-fault.ts";

export const fleetFaults: readonly PlantedFault[] = [
  {
    name: "a fill is applied to any roster",
    patches: [
      {
        file: "mock-fleet/src/core/fill.ts",
        find: "  if (isCurrent || onlyLeavers) return;",
        replace: "  if (isCurrent || onlyLeavers || expected > 0) return;",
      },
    ],
  },
  {
    name: "of events that share a message the last is lost",
    patches: [
      {
        file: "mock-fleet/src/grpc/gather-events.ts",
        find: "value: { messages } }",
        replace: "value: { messages: messages.slice(0, -1) } }",
      },
    ],
  },
  {
    name: "a token makes a session each time",
    patches: [
      {
        file: "mock-fleet/src/core/create-session.ts",
        find: "  if (known) return unchanged(known);",
        replace: '  if (known === ("" as ServerSessionId)) return unchanged(known);',
      },
    ],
  },
  {
    name: "a token is taken for any request",
    patches: [
      {
        file: "mock-fleet/src/core/create-session.ts",
        find: "known.isDirect && known.bodyDigest === bodyDigest &&",
        replace: "known.isDirect &&",
      },
    ],
  },
  {
    name: "force spares the session",
    patches: [
      {
        file: "mock-fleet/src/core/terminate-session.ts",
        find: 'facts: [closeSession(battle, "TERMINATED"), ...others,',
        replace: "facts: [...others,",
      },
    ],
  },
  {
    name: "a search forgets its filter",
    patches: [
      {
        file: "mock-fleet/src/core/search/search-sessions.ts",
        find: "      if (!filter(searched)) continue;\n",
        replace: "",
      },
    ],
  },
  {
    name: "a capacity does not count as a change of the roster",
    patches: [
      {
        file: "mock-fleet/src/core/session.ts",
        find: " || fields.capacity !== undefined;",
        replace: ";",
      },
    ],
  },
  {
    name: "a fill is not remembered by its id",
    patches: [
      {
        file: "mock-fleet/src/core/fill.ts",
        find: "if (!answered) return undefined;\n  if (answered.bodyDigest",
        replace: "if (!answered || answered.filled) return undefined;\n  if (answered.bodyDigest",
      },
    ],
  },
  {
    name: "one seat too many in a team",
    patches: [
      {
        file: "mock-fleet/src/core/fill.ts",
        find: "  if (more === 0 || used + more <= capacity) return;",
        replace: "  if (more === 0 || used + more <= capacity + 1) return;",
      },
      {
        file: "rules/src/search/team-sizes.ts",
        find: "(_, team) => team.maxPlayers,",
        replace: "(_, team) => team.maxPlayers + 1,",
      },
    ],
  },
  {
    name: "a reservation never expires",
    patches: [
      {
        file: "mock-fleet/src/core/seat.ts",
        find: '  const isReserved = seat.state === "RESERVED";',
        replace: '  const isReserved = seat.state === "RESERVED";\n  if (isReserved) return [];',
      },
    ],
  },
  {
    name: "a reservation on a silent host expires",
    patches: [
      {
        file: "mock-fleet/src/core/seat.ts",
        find: "  if (session.unreachableSinceMs !== undefined) return [];\n",
        replace: "",
      },
      {
        file: "mock-fleet/src/core/seat.ts",
        find: "  if (!moment.attached.has(session.battle.processId)) {",
        replace: "  if (!moment.config) {",
      },
    ],
  },
  {
    name: "a seat is accepted twice",
    patches: [
      {
        file: "mock-fleet/src/core/seat.ts",
        find: '  if (seat.state === "ACTIVE") {\n    throw',
        replace: '  if (seat.state === "ACTIVE") {\n    if (seat.playerId !== undefined) return false;\n    throw',
      },
    ],
  },
  {
    name: "a player returns without the secret",
    patches: [
      {
        file: "mock-fleet/src/core/seat.ts",
        find: '  if (memory.reconnectSecret === undefined || !isSameSecret(memory.reconnectSecret, reconnectSecret ?? "")) {',
        replace: "  if (memory.reconnectSecret === undefined) {",
      },
    ],
  },
  {
    name: "a removed seat is not freed",
    patches: [
      {
        file: "mock-fleet/src/core/seat.ts",
        find: '  const removed = [removedPlayer(seat, "REMOVED")];',
        replace: '  if (seat.state === "ACTIVE") return [];\n  const removed = [removedPlayer(seat, "REMOVED")];',
      },
    ],
  },
  {
    name: "a freed seat does not count as a change of the roster",
    patches: [
      {
        file: "mock-fleet/src/core/session.ts",
        find: "const touchesSeats = added.length + removed.length > 0 ||",
        replace: "const touchesSeats = added.length > 0 ||",
      },
    ],
  },
  {
    name: "a placement that is asked for again is made again",
    patches: [
      {
        file: "mock-fleet/src/core/placement.ts",
        find: "    if (known.bodyDigest === bodyDigest) return unchanged(placementId);",
        replace: "    if (known.bodyDigest === bodyDigest && known.end) return unchanged(placementId);",
      },
      {
        file: "mock-fleet/src/core/placement.ts",
        find: "  if (known) {\n",
        replace: "  if (known && (known.end || known.bodyDigest !== bodyDigest)) {\n",
      },
    ],
  },
  {
    name: "watchers hear nothing of a placement's attempts",
    patches: [
      {
        file: "mock-fleet/src/core/feed.ts",
        find: 'event.type === "session" && event.attempt ?',
        replace: 'event.type === "session" && event.attempt && event.position < 0 ?',
      },
    ],
  },
  {
    name: "an alias is what muster.json says, whatever was set",
    patches: [
      {
        file: "mock-fleet/src/core/alias.ts",
        find: "return aliases.get(name) ?? config",
        replace: "return config",
      },
    ],
  },
  {
    name: "a latency cap loosens at once",
    patches: [
      {
        file: "mock-fleet/src/core/latency-policy.ts",
        find: "if (waitedMs < untilMs || index",
        replace: "if (index",
      },
    ],
  },
  {
    name: "a latency cap holds for the average",
    patches: [
      {
        file: "mock-fleet/src/core/destinations.ts",
        find: "latencyIn(players, region).worstMs <= capMs",
        replace: "latencyIn(players, region).averageMs <= capMs",
      },
    ],
  },
  {
    name: "a process that drains gets sessions",
    patches: [{ file: "mock-fleet/src/core/process.ts", find: "  if (process.draining) return 0;\n", replace: "" }],
  },
  {
    name: "a restart leaves old processes as they are",
    patches: [
      {
        file: "mock-fleet/src/core/restart-servers.ts",
        find: 'facts: [{ type: "fleet-restarted", fleet }, ...ends],',
        replace: 'facts: [{ type: "fleet-restarted", fleet }],',
      },
    ],
  },
  {
    name: "a fleet that shrinks looks at no protection",
    patches: [
      {
        file: "mock-fleet/src/core/upkeep.ts",
        find: '? "ALL" : "PROTECTED";',
        replace: '? "NONE" : "NONE";',
      },
    ],
  },
  {
    name: "a host activates any number of sessions",
    patches: [
      {
        file: "mock-fleet/src/core/free-process.ts",
        find: "if ((activating.get(hostNumber) ?? 0) >= activationsMax) continue;",
        replace: "if (activationsMax < 0) continue;",
      },
    ],
  },
  {
    name: "a process gets one session too many",
    patches: [
      {
        file: "mock-fleet/src/core/process.ts",
        find: "  return process.status.concurrentSessions - process.sessionIds.size;",
        replace: "  return process.status.concurrentSessions + 1 - process.sessionIds.size;",
      },
    ],
  },
  {
    name: "a silent process gets a session",
    patches: [
      {
        file: "mock-fleet/src/core/process.ts",
        find: '  if (process.status.phase !== "READY" || process.unreachableSinceMs !== undefined) return 0;',
        replace: '  if (process.status.phase !== "READY") return 0;',
      },
      {
        file: "mock-fleet/src/core/free-process.ts",
        find: "attached.has(processId) && ",
        replace: "",
      },
    ],
  },
  {
    name: "sessions outlive their process",
    patches: [
      {
        file: "mock-fleet/src/core/process.ts",
        find: "    ...closeSessions(state, process, end.cause),",
        replace: "    ...(end.crashed ? [] : closeSessions(state, process, end.cause)),",
      },
    ],
  },
  {
    name: "a lost host is not given up",
    patches: [
      {
        file: "mock-fleet/src/core/silence.ts",
        find: "silentMs >= hostLostAfterMs",
        replace: "silentMs >= hostLostAfterMs * 100",
      },
    ],
  },
  {
    name: "an older attachment takes over again",
    patches: [
      {
        file: "mock-fleet/src/core/process.ts",
        find: "  if (hello.attachGeneration < process.attachGeneration) {",
        replace: "  if (hello.attachGeneration < 0) {",
      },
    ],
  },
  {
    name: "a session that does not come alive is kept",
    patches: [
      {
        file: "mock-fleet/src/core/activation.ts",
        find: '  if (session.battle.state !== "ACTIVATING") return [];\n  const process',
        replace: '  if (session.battle.state !== "ACTIVATING" || session.activateByMs > 0) return [];\n  const process',
      },
    ],
  },
  {
    name: "a placement never times out",
    patches: [
      {
        file: "mock-fleet/src/core/due.ts",
        find: "      return placement ? placementExpires(state, placement, moment) : [];",
        replace: "      return placement?.end ? placementExpires(state, placement, moment) : [];",
      },
    ],
  },
  {
    name: "the feed tells of changes before they are durable",
    patches: [
      {
        file: "mock-fleet/src/grpc/watch-feed.ts",
        find: "    const until = app.runner.durablePosition;",
        replace: "    const until = app.runner.state.position;",
      },
    ],
  },
  {
    name: "the feed leaves out what came while its watcher was away",
    patches: [
      {
        file: "mock-fleet/src/grpc/watch-feed.ts",
        find: "count: 0 })) return position;",
        replace: "count: 0 })) return runner.durablePosition;",
      },
    ],
  },
  {
    name: "a log line holds a secret",
    patches: [
      {
        file: "mock-fleet/src/supervisor.ts",
        find: "log.info({ processId, fleet: fleet.name, ports: address.ports }",
        replace: "log.info({ processId, fleet: fleet.name, secret }",
      },
    ],
  },
  {
    name: "a backfill outlives its session at the fleet",
    patches: [
      {
        file: "mock-fleet/src/core/session.ts",
        find: "      ...(backfill ? { backfill } : {}),\n",
        replace: "",
      },
    ],
  },
  {
    name: "what a game counts never leaves its sidecar",
    patches: [
      {
        file: "sidecar/src/custom-data-reports.ts",
        find: "    for (const [battleSessionId, customData] of waiting) {",
        replace: "    for (const [battleSessionId, customData] of [] as [string, CustomData][]) {",
      },
    ],
  },
  {
    name: "a sidecar describes who has left while its fleet is away",
    patches: [
      {
        file: "sidecar/src/core/select-seats.ts",
        find: "      return undefined;",
        replace: "      return seat;",
      },
    ],
  },
];
