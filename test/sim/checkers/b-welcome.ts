// B-WELCOME: where the configuration leaves it to the game, newcomers get seats only if its handler said yes to them; whom it refused,
// or was silent about, does not come to that battle again. Asked or not, a fill has one outcome, and that in its time.
import type { Books } from "./books/books.ts";
import { isCallOf } from "./books/call-book.ts";
import { ticketsOf } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "B-WELCOME";

export function bWelcome(books: Books): Checker {
  /** Of each fill that was ever decided: whom it brings. */
  const brought = new Map<string, string>();
  /** To whom each game said yes, in which battle. */
  const welcome = new Map<string, Set<string>>();
  const keyOf = (battleSessionId: string, playerIds: readonly string[]) =>
    [battleSessionId, ...playerIds.toSorted()].join("\n");

  const checkSeated = (fillId: string) => {
    const fill = books.matcher.fills.get(fillId);
    if (fill?.approvalTimeoutMs === undefined) return;
    const { answers } = books.questions.get(fillId) ?? {};
    if (answers?.has(true)) return;
    const word = answers?.has(false) ? "said no" : "said nothing";
    throw new BrokenPromise(NAME, `${fillId} seats players, to whom the game ${word}`);
  };
  const checkOutcomes = (nowMs: number) => {
    const { healedMs } = books;
    if (healedMs === undefined) return;
    for (const { fillId, approvalTimeoutMs = 0, seenMs } of books.matcher.fills.values()) {
      if (nowMs < Math.max(seenMs, healedMs) + approvalTimeoutMs + SETTLE_MS) continue;
      throw new BrokenPromise(
        NAME,
        `${fillId} is neither applied nor dropped ${nowMs - seenMs} ms after it was decided`,
      );
    }
  };
  return {
    name: NAME,
    end: () => checkOutcomes(books.nowMs),
    see(observation) {
      if (observation.type === "fleet-fact") {
        const { fact } = observation;
        if (books.matcher.fills.size > 0) checkOutcomes(observation.atMs);
        const [, fillId] = /^fill (.+)$/.exec((fact.type === "session-changed" && fact.request?.id) || "") ?? [];
        if (fillId !== undefined) checkSeated(fillId);
      }
      if (observation.type === "matcher-fact" && observation.fact.type === "fill-decided") {
        const { fillId, battleSessionId, newcomers } = observation.fact;
        brought.set(
          fillId,
          keyOf(
            battleSessionId,
            newcomers.map(({ playerId }) => playerId),
          ),
        );
        const { turnedAway } = books.matcher.sessions.get(battleSessionId) ?? {};
        const unwanted = ticketsOf(newcomers).find((ticketId) => turnedAway?.has(ticketId));
        if (unwanted === undefined) return;
        throw new BrokenPromise(NAME, `${fillId} brings ${unwanted} to ${battleSessionId}, whose game has refused it`);
      }
      if (observation.type === "fill-proposed") {
        const { fillId, battleSessionId, playerIds, node } = observation;
        if (brought.get(fillId) === keyOf(battleSessionId, playerIds)) return;
        throw new BrokenPromise(NAME, `${node} is asked about ${playerIds} by ${fillId}, which was not decided so`);
      }
      if (observation.type === "game-heard" && observation.heard.type === "approve") {
        const { battleSessionId, playerIds, said } = observation.heard;
        const words = welcome.get(observation.node) ?? new Set<string>();
        welcome.set(observation.node, words);
        if (said) words.add(keyOf(battleSessionId, playerIds));
      }
      if (observation.type !== "call") return;
      const call = { ...observation, startedMs: 0, startedTick: 0 };
      if (!isCallOf(call, "answerFill") || !call.request.approved) return;
      if (welcome.get(call.caller)?.has(brought.get(call.request.fillId) ?? "")) return;
      throw new BrokenPromise(NAME, `${call.caller} lets ${call.request.fillId} in, and its handler did not say so`);
    },
  };
}
