// Faults of the matcher. Each is one that somebody could make: a line forgotten, a comparison turned round.
import type { PlantedFault } from "./planted-fault.ts";

export const matcherFaults: readonly PlantedFault[] = [
  {
    name: "a ticket that is led back does not hear of its battle's end",
    patches: [
      {
        file: "matcher/src/core/folds/rejoined.ts",
        find: "tickets: [...session.tickets, ticketId] });",
        replace: "tickets: session.tickets });",
      },
    ],
  },
  {
    name: "whoever is led back gets the first seat of the battle",
    patches: [
      {
        file: "matcher/src/core/rejoin.ts",
        find: "return { playerId, team, ticketId, playerSessionId };",
        replace: "return { playerId, team, ticketId, playerSessionId: firstOf(playerSessionId) };",
      },
      {
        file: "matcher/src/core/rejoin.ts",
        find: "export function alreadySeated(",
        replace:
          'let first: PlayerSession["playerSessionId"] | undefined;\nconst firstOf = (id: PlayerSession["playerSessionId"]) => (first ??= id);\nexport function alreadySeated(',
      },
    ],
  },
  {
    name: "what a player brings for the game is lost with a snapshot",
    patches: [
      {
        file: "matcher/src/journal-codec/player-payload.ts",
        find: "...(data === undefined ? {} : { data }) };",
        replace: "};",
      },
    ],
  },
  {
    name: "answer shows what is not durable",
    patches: [
      {
        file: "matcher/src/workshop.ts",
        find: "  await durable;\n  return shown();",
        replace: "  return shown();",
      },
    ],
  },
  {
    name: "ticket ids are not compared by body",
    patches: [
      {
        file: "matcher/src/core/start-matching.ts",
        find: "if (known.ticket.bodyDigest === asIs.bodyDigest) return [];",
        replace: "return [];",
      },
    ],
  },
  {
    name: "a repeated ticket id is another ticket",
    patches: [
      { file: "matcher/src/core/start-matching.ts", find: "  if (known) {", replace: "  if (known && nowMs < 0) {" },
    ],
  },
  {
    name: "a player queues twice",
    patches: [
      {
        file: "matcher/src/core/duplicate-players.ts",
        find: "if (!query) look(name);",
        replace: "if (!query && state.arrivals === 0) look(name);",
      },
    ],
  },
  {
    name: "a full box of a player's events is emptied and forgotten",
    patches: [
      { file: "matcher/src/player-inboxes.ts", find: "INBOX_EVENTS_MAX = 256", replace: "INBOX_EVENTS_MAX = 1" },
      { file: "matcher/src/player-inboxes.ts", find: "  inbox.isOverfull = true;\n}", replace: "}" },
    ],
  },
  {
    name: "a history says match of who was seated by a backfill",
    patches: [
      {
        file: "matcher/src/core/ticket-history.ts",
        find: 'return isFill ? "BACKFILL" : "MATCH";',
        replace: 'return "MATCH";',
      },
    ],
  },
  {
    name: "a ticket that is superseded stays",
    patches: [
      {
        file: "matcher/src/core/start-matching.ts",
        find: "return [...superseded, { ...created",
        replace: "return [{ ...created",
      },
    ],
  },
  {
    name: "a ticket in a match is superseded",
    patches: [
      {
        file: "matcher/src/core/duplicate-players.ts",
        find: 'return phase === "SEARCHING" || phase === "PREPARING";',
        replace: "return phase !== undefined;",
      },
    ],
  },
  {
    name: "a player of the whole project queues elsewhere",
    patches: [
      {
        file: "matcher/src/core/duplicate-players.ts",
        find: "state.pools.keys() : state.projectWide",
        replace: "state.pools.keys() : []",
      },
    ],
  },
  {
    name: "a ticket is matched after its time",
    patches: [
      {
        file: "matcher/src/core/round.ts",
        find: "timesOutAtMs > input.nowMs && ",
        replace: "",
      },
      {
        file: "matcher/src/core/deadlines.ts",
        find: "state.deadlines.findDue(nowMs, DUE_PER_STEP_MAX)",
        replace: "state.deadlines.findDue(nowMs - 3_000, DUE_PER_STEP_MAX)",
      },
    ],
  },
  {
    name: "a cancel of a claimed ticket says that it is done",
    patches: [
      {
        file: "matcher/src/core/cancel-matching.ts",
        find: '      return { type: "wait" };',
        replace: '      return { type: "decided", facts: [] };',
      },
    ],
  },
  {
    name: "a cancel that comes too late says that it is done",
    patches: [
      {
        file: "matcher/src/core/cancel-matching.ts",
        find: '    case "PLACING":\n    case "COMPLETED":',
        replace: '    case "PLACING":\n      return { type: "decided", facts: [] };\n    case "COMPLETED":',
      },
    ],
  },
  {
    name: "a returned ticket loses its age",
    patches: [
      {
        file: "matcher/src/core/ticket.ts",
        find: "    searchingSinceMs,",
        replace: "    searchingSinceMs: searchingSinceMs + (change.returns > before.returns ? 5_000 : 0),",
      },
    ],
  },
  {
    name: "a party loses its second player",
    patches: [
      {
        file: "matcher/src/core/round.ts",
        find: "const players = seats.map(assign);",
        replace:
          "const players = seats.map(assign).filter((one, index, all) => all.findIndex((other) => other.ticketId === one.ticketId) === index);",
      },
    ],
  },
  {
    name: "a team takes one player too many",
    patches: [
      {
        file: "rules/src/search/team-sizes.ts",
        find: "(_, team) => team.maxPlayers,",
        replace: "(_, team) => team.maxPlayers + 1,",
      },
    ],
  },
  {
    name: "the youngest ticket goes first",
    patches: [
      {
        file: "rules/src/search/candidate.ts",
        find: "one.ticket.searchingSinceMs - other.ticket.searchingSinceMs",
        replace: "other.ticket.searchingSinceMs - one.ticket.searchingSinceMs",
      },
    ],
  },
  {
    name: "a watch tells of events before they are durable",
    patches: [
      {
        file: "matcher/src/ticket-watch.ts",
        find: "Math.min(EVENTS_PER_STEP_MAX, durable - after)",
        replace: "EVENTS_PER_STEP_MAX",
      },
    ],
  },
  {
    name: "a resume token is off by one",
    patches: [
      {
        file: "matcher/src/grpc/wire.ts",
        find: "return Number.parseInt(digits, 36);",
        replace: "return Number.parseInt(digits, 36) + 1;",
      },
    ],
  },
  {
    name: "a resume token repeats the last event",
    patches: [
      {
        file: "matcher/src/grpc/wire.ts",
        find: "return Number.parseInt(digits, 36);",
        replace: "return Math.max(0, Number.parseInt(digits, 36) - 1);",
      },
    ],
  },
  {
    name: "a backfill outlives its session",
    patches: [
      {
        file: "matcher/src/core/fleet-reports.ts",
        find: "if (document && isLiveBackfill(document)) {",
        replace: "if (document && isLiveBackfill(document) && document.state === undefined) {",
      },
    ],
  },
  {
    name: "a paused backfill is never woken",
    patches: [
      {
        file: "matcher/src/core/backfill.ts",
        find: "return keepIfSame(phase, phaseOf(event.finding));",
        replace:
          'return phase.state === "PAUSED" && event.finding === "OPEN" ? phase : keepIfSame(phase, phaseOf(event.finding));',
      },
    ],
  },
  {
    name: "a custom backfill goes beyond its goal",
    patches: [
      {
        file: "rules/src/fill-goal.ts",
        find: "return Math.min(goal.teamSizes.get(instance) ?? 0, maxOf.get(team.name) ?? 0);",
        replace: "return maxOf.get(team.name) ?? 0;",
      },
    ],
  },
  {
    name: "a second backfill beside a live one",
    patches: [
      {
        file: "matcher/src/core/start-backfill.ts",
        find: "  if (running && !request.replace) {",
        replace: "  if (running && request.replace) {",
      },
      { file: "matcher/src/core/folds/sessions.ts", find: "invariant(isFree, ", replace: "invariant(isFree || true, " },
      {
        file: "matcher/src/core/start-backfill.ts",
        find: "  if (running) {",
        replace: "  if (running && request.replace) {",
      },
    ],
  },
  {
    name: "a ticket that returns never times out",
    patches: [
      {
        file: "matcher/src/core/folds/tickets.ts",
        find: "  state.deadlines.add(next);",
        replace: "  if (after.returns === 0) state.deadlines.add(next);",
      },
    ],
  },
  {
    name: "a placement that failed is never asked for again",
    patches: [
      {
        file: "matcher/src/route-facts.ts",
        find: '      case "placement-ended":\n        placements.poke(fact.matchId);',
        replace: '      case "placement-ended":',
      },
    ],
  },
];
