// What the original's own tests say, held against the simulation; then against a running matcher, which is asked the same.
import { MusterError } from "@muster/proto";
import { describe, expect, test } from "vitest";
import type { World } from "../../matcher-world.fixture.ts";
import { type Asked, ask, createQueryWorld, queryConfiguration } from "../../query-world.fixture.ts";
import { readSimulationEvents, type SimulationEvent } from "../simulation-event.ts";
import { type OriginalCase, originalCases } from "./original-cases.fixture.ts";
import { readQuerySetting } from "./read-query-setting.ts";
import { simulateQueries } from "./simulate-queries.ts";

const settingOf = ({ query }: OriginalCase) =>
  readQuerySetting({ name: "arena", query: { ...query, mode: "compatible" } });

describe("a simulation does as the original:", () => {
  for (const one of originalCases) {
    test(one.name, () => {
      // Through text, as a file has it.
      const events = readSimulationEvents(one.events.map((event) => JSON.stringify(event)).join("\n"));
      const told = [...simulateQueries(settingOf(one), events)].flatMap((fact) => {
        if (fact.type === "Refused") return [`${fact.at} refused ${fact.ticketId} ${fact.reason}`];
        if (fact.type !== "MatchFormed") return [];
        const ids = new Set(fact.teams.players?.map(({ ticketId }) => ticketId));
        return [`${fact.at} ${[...ids].toSorted().join(" ")}`];
      });
      expect(told).toEqual(one.told);
    });
  }
});

describe("a running matcher does as the original:", () => {
  for (const one of originalCases.filter(({ hasParty = false }) => !hasParty)) {
    test(one.name, async () => {
      const { query } = settingOf(one);
      await using world = await createQueryWorld([queryConfiguration(query)]);
      const startMs = Math.ceil(world.clock.nowMs() / query.intervalMs) * query.intervalMs;
      const goTo = async (seconds: number) => {
        await world.clock.advance(startMs + seconds * 1_000 - world.clock.nowMs());
      };
      const told: string[] = [];
      const matched = new Set<string>();
      const waiting: string[] = [];
      const look = async (seconds: number) => {
        const groups = new Map<string, string[]>();
        for (const id of waiting) {
          const { matchId } = await world.ticket(id);
          if (matchId === "" || matched.has(id)) continue;
          matched.add(id);
          groups.set(matchId, [...(groups.get(matchId) ?? []), id]);
        }
        for (const group of groups.values()) told.push(`${seconds} ${group.toSorted().join(" ")}`);
      };
      const lastSeconds = Math.max(...one.events.map(({ at }) => at)) + (query.maxIntervals * query.intervalMs) / 1_000;
      let next = 0;
      for (let seconds = 1; seconds <= lastSeconds + 1; seconds += 1) {
        for (let event = one.events[next]; event && event.at < seconds; event = one.events[next]) {
          next += 1;
          await goTo(event.at);
          const refusal = await play(world, event);
          if (refusal === undefined && event.op === "start") waiting.push(String(event.ticketId));
          if (refusal !== undefined) told.push(`${event.at} refused ${String(event.ticketId)} ${refusal}`);
        }
        await goTo(seconds + 0.05); // Everything of the interval at that second is done.
        await look(seconds);
      }
      expect(told).toEqual(one.told);
      expect(world.faults).toEqual([]);
    });
  }
});

/** Asks the matcher for what the event says; the reason of a refusal. */
async function play(world: World, event: SimulationEvent): Promise<string | undefined> {
  const { ticketId, op, session, members = [session], at: _, ...fields } = event as SimulationEvent & Asked;
  try {
    if (op === "cancel") await world.matching.cancelMatching({ ticketId: String(ticketId) });
    else await ask(world, String(ticketId), { ...fields, players: members as readonly string[] });
    return undefined;
  } catch (error) {
    if (error instanceof MusterError) return error.reason;
    throw error;
  }
}
