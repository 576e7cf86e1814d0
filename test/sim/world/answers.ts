// What the players of a ticket say to a match that is proposed to them, each in their own time: most accept, some refuse, say nothing,
// change their mind, say it twice, or leave while they accept.
import type { Chance } from "../engine/chance.ts";
import type { Knobs } from "./knobs.ts";

export type Proposed = { readonly ticketId: string; readonly matchId: string; readonly players: readonly string[] };

export type AnswerParts = {
  readonly chance: Chance;
  readonly knobs: Knobs;
  readonly sleep: (ms: number) => Promise<void>;
  /** Resolves with whatever becomes of the call. */
  readonly say: (
    answer: "ACCEPT" | "REFUSE",
    of: { readonly ticketId: string; readonly matchId: string; readonly playerIds: readonly string[] },
  ) => Promise<void>;
  readonly cancel: () => Promise<void>;
};

/** Answers for all of them. Resolves when the last has said the last word. */
export async function answerProposal(
  proposed: Proposed,
  { chance, knobs, sleep, say, cancel }: AnswerParts,
): Promise<void> {
  const { players, ...match } = proposed;
  const timeoutMs = knobs.acceptSeconds * 1_000;
  /** Most are quick; some come just before the deadline, or after it. */
  const thinkMs = () =>
    chance.happens(0.8) ? chance.wait(timeoutMs / 6) : timeoutMs * chance.between({ min: 0.9, max: 1.1 });
  const speak = async (playerIds: readonly string[]) => {
    await sleep(thinkMs());
    if (chance.happens(knobs.silentRatio)) return;
    if (chance.happens(knobs.refuseRatio / 2)) return await say("REFUSE", { ...match, playerIds });
    const said = say("ACCEPT", { ...match, playerIds });
    if (chance.happens(knobs.mischiefRatio)) void cancel(); // At the same time.
    await said;
    if (chance.happens(knobs.mischiefRatio)) await say("ACCEPT", { ...match, playerIds });
    if (!chance.happens(knobs.refuseRatio / 2)) return;
    await sleep(chance.wait(timeoutMs / 6));
    await say("REFUSE", { ...match, playerIds });
  };
  // Parties answer one by one, or all at once by their leader.
  await Promise.all(chance.happens(0.7) ? players.map((player) => speak([player])) : [speak(players)]);
  if (!chance.happens(knobs.mischiefRatio)) return;
  await sleep(timeoutMs * (1 + chance.fraction()));
  await say(chance.pick(["ACCEPT", "REFUSE"]), { ...match, playerIds: players }); // Long after it matters.
}
