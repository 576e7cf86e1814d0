// Faults of backfills beside those that any checker of matches would find.
import type { PlantedFault } from "./planted-fault.ts";

const ASSESS = "matcher/src/core/assess-backfill.ts";

export const backfillFaults: readonly PlantedFault[] = [
  {
    name: "a backfill without a legal fill says so for ever",
    patches: [
      {
        file: ASSESS,
        find: "noLegalFill: isOpen && !isFillPossible(",
        replace: "noLegalFill: document.noLegalFill || isOpen && !isFillPossible(",
      },
    ],
  },
  {
    name: "a backfill without a legal fill says nothing of it",
    patches: [
      {
        file: ASSESS,
        find: "noLegalFill: isOpen && !isFillPossible(",
        replace: "noLegalFill: !isOpen && searches && !isFillPossible(",
      },
    ],
  },
  {
    name: "a custom backfill is never done",
    patches: [
      {
        file: ASSESS,
        find: "isDone && haveArrived(terms.tickets, session)",
        replace: "isDone && session.capacity < 0",
      },
    ],
  },
  {
    name: "a custom backfill is done before everybody has come",
    patches: [{ file: ASSESS, find: "isDone && haveArrived(terms.tickets, session)", replace: "isDone" }],
  },
  {
    name: "a custom backfill goes on behind a closed door",
    patches: [
      {
        file: ASSESS,
        find: 'if (session.creationPolicy === "DENY_ALL") return "DENY_ALL";',
        replace: 'if (session.creationPolicy === "DENY_ALL" && strategy === "MAX_POSSIBLE") return "DENY_ALL";',
      },
    ],
  },
  {
    name: "an open door wakes nobody",
    patches: [
      {
        file: "matcher/src/core/backfill.ts",
        find: "return keepIfSame(phase, phaseOf(event.finding));",
        replace:
          'return phase.cause === "DENY_ALL" && event.finding === "OPEN" ? phase : keepIfSame(phase, phaseOf(event.finding));',
      },
    ],
  },
  {
    name: "the seat of who broke off is given away",
    patches: [
      {
        file: "mock-fleet/src/core/fill.ts",
        find: "const used = Map.groupBy(battle.playerSessions,",
        replace: 'const used = Map.groupBy(battle.playerSessions.filter((seat) => seat.state !== "DISCONNECTED"),',
      },
      {
        file: ASSESS,
        find: "for (const { team } of playerSessions) if (team !== undefined)",
        replace: 'for (const { team, state } of playerSessions) if (team !== undefined && state !== "DISCONNECTED")',
      },
      {
        file: ASSESS,
        find: "const byTeam = Map.groupBy(playerSessions, (seat) => seat.team);\n  return teams.map(({ name }) =>",
        replace:
          'const byTeam = Map.groupBy(playerSessions.filter((seat) => seat.state !== "DISCONNECTED"), (seat) => seat.team);\n  return teams.map(({ name }) =>',
      },
    ],
  },
  {
    name: "a backfill that has ended goes on filling",
    patches: [
      {
        file: "matcher/src/core/fill-battles.ts",
        find: 'if (record?.document.state !== "SEARCHING" || record.document.noLegalFill) return undefined;',
        replace: "if (!record || record.document.noLegalFill) return undefined;",
      },
    ],
  },
  {
    name: "arrivals begin new battles before running ones are filled",
    patches: [
      {
        file: "matcher/src/core/round.ts",
        find: "if (!fillSessions(1)) return { facts, isQuiet: false };",
        replace: "formMatches(1);\n    if (!fillSessions(1)) return { facts, isQuiet: false };",
      },
    ],
  },
  {
    name: "a fill that is refused is tried for ever",
    patches: [
      {
        file: "matcher/src/session-outbox.ts",
        find: "          await giveUp(job, error, signal);",
        replace:
          '          if (job.type === "fill") await clock.sleep(1_000, signal);\n          else await giveUp(job, error, signal);',
      },
    ],
  },
];
