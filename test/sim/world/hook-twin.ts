// The hook that some configurations of the simulation ask before a ticket enters, and of matches before anybody is told: it admits, chooses,
// refuses by the id of what it is asked about, is slow, is silent, or fails. What it answers is seen.
import type { MatcherOptions } from "@muster/matcher";
import { HookFailed } from "@muster/matcher/testing";
import { createChance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import { type Eyes, eyesOf } from "./eyes.ts";
import type { Knobs } from "./knobs.ts";

/** What configurations call it. */
export const GATE = "gate";
/** How long it has, in ms. */
export const GATE_MS = 500;

/** Share of tickets, and of matches, that it refuses. */
const REFUSED_RATIO = 0.15;

/** What a run of the matcher asks. */
export function hookTwinOf(
  life: Life,
  { seed, eyes, knobs }: { readonly seed: number; readonly eyes: Eyes; readonly knobs: Knobs },
): NonNullable<MatcherOptions["hooks"]> {
  const { see } = eyesOf(life, eyes);
  const chance = createChance(seed, `${life.node} hook`);
  return {
    async call({ question, id, body }, signal) {
      const { ticket, match } = JSON.parse(body) as {
        readonly ticket?: { readonly ticketId: string };
        readonly match?: { readonly matchId: string };
      };
      const subject = ticket?.ticketId ?? match?.matchId ?? "";
      const told = { type: "hook-asked", question, id, body, subject } as const;
      if (chance.happens(knobs.hookFaultRatio)) {
        const isSilent = chance.happens(0.5);
        see({ ...told, answer: "none" });
        if (isSilent) await life.clock.sleep(GATE_MS * 20, signal);
        throw new HookFailed("the twin fails");
      }
      await life.clock.sleep(chance.fraction() * GATE_MS * 0.8, signal);
      const isRefused = createChance(seed, `hook ${subject}`).happens(REFUSED_RATIO);
      see({ ...told, answer: isRefused ? "REFUSE" : "ADMIT" });
      if (match && !isRefused) return chance.happens(0.3) ? { queue: null } : { properties: { map: subject } };
      const why = ticket ? { code: "BANNED", message: "not today" } : { code: "RIVALS" };
      return isRefused ? { decision: "REFUSE", ...why } : undefined;
    },
  };
}
