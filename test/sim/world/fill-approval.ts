// A game's word on newcomers, where the configuration leaves it to the game: mostly yes, sometimes no, and now and then what games
// do that were written in a hurry.
import type { ProposedNewcomers } from "@muster/sdk";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import type { GameHeard } from "../observation.ts";
import type { Knobs } from "./knobs.ts";

export type FillApprovalParts = {
  readonly life: Life;
  readonly chance: Chance;
  readonly knobs: Knobs;
  readonly see: (heard: Extract<GameHeard, { type: "approve" }>) => void;
  /** Ends the game. */
  readonly end: (how: string) => void;
};

/** The longest that an honest game thinks about it, as a share of its time. */
const THINKING_SHARE = 0.6;

/** What a game gives to `sidecar.approveFill`. */
export function createFillApproval(parts: FillApprovalParts): (proposed: ProposedNewcomers) => Promise<boolean> {
  const { life, chance, knobs, see, end } = parts;
  const { clock } = life;
  const timeoutMs = knobs.approvalMs ?? 0;
  return async ({ session: { battleSessionId }, newcomers }) => {
    const playerIds = newcomers.map(({ playerId }) => playerId);
    const say = (said: boolean | undefined) => see({ type: "approve", battleSessionId, playerIds, said });
    await clock.sleep(chance.fraction() * THINKING_SHARE * timeoutMs);
    if (chance.happens(knobs.mischiefRatio)) {
      const kind = chance.below(4);
      if (kind === 0) await clock.sleep(2 * timeoutMs); // Late.
      if (kind === 1) return await new Promise(() => undefined); // Silent.
      if (kind === 2) {
        say(undefined);
        throw new Error("The list of friends is broken");
      }
      if (kind === 3) end("exit 7");
    }
    const said = !chance.happens(knobs.refusalRatio);
    say(said);
    return said;
  };
}
