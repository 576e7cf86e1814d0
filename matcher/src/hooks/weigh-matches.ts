// Asks hooks of matches that have formed, until each has its outcome. What is asked is the same after a restart, to the byte.
import { backoffMs } from "@muster/kit";
import { type MatchId, MusterError } from "@muster/proto";
import { z } from "zod";
import { choicesOf } from "../core/cohorts.ts";
import { DATA_CHARS_MAX, PROPERTIES_MAX, PROPERTY_CHARS_MAX } from "../core/configuration.ts";
import { decideWeighed, type Verdict } from "../core/hooks/decide-weighed.ts";
import type { Match } from "../core/match.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { SESSION_NAME_CHARS_MAX } from "../core/session-settings.ts";
import { createKeyedWork, type KeyedWork } from "../keyed-work.ts";
import { record, type Workshop } from "../workshop.ts";
import { wellFormed } from "./answer-text.ts";
import type { AskHook } from "./ask-hook.ts";
import { HookFailed } from "./hook-caller.ts";

/** How long the tickets of a match that was refused are kept from the next one, in ms: nothing else keeps the same match from forming at once. */
const REFUSED_REST_MS = 1_000;

const text = wellFormed.max(PROPERTY_CHARS_MAX);
const answerSchema = z.strictObject({
  decision: z.enum(["PROCEED", "REFUSE"]).default("PROCEED"),
  code: z
    .string()
    .regex(/^[A-Z0-9_]{1,64}$/)
    .default(""),
  queue: z.string().nullable().optional(),
  properties: z.record(text.min(1), text).default({}),
  data: wellFormed.max(DATA_CHARS_MAX).optional(),
  sessionName: wellFormed.min(1).max(SESSION_NAME_CHARS_MAX).optional(),
});

const asFormed: Verdict = { type: "proceed", isGroup: false, properties: {} };

/** Works on matches by their ids; those that a former run had left are poked by the caller. */
export function createMatchWeighing(workshop: Workshop, askHook: AskHook): KeyedWork<MatchId> {
  const { ledger, clock, random, log } = workshop;
  const ask = async (match: Match, question: Question, signal: AbortSignal): Promise<Verdict> => {
    const { hook, matchId } = match;
    if (!hook) return asFormed;
    const call = { hook: hook.hook, question: "matched" as const, id: `matched.${matchId}`, body: question.body };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return readVerdict(await askHook(call, hook.timeoutMs, signal), match, question.queues);
      } catch (error) {
        if (error instanceof HookFailed) {
          log.warn(
            { hook: hook.hook, matchId, why: error.message, onFailure: hook.onFailure },
            "A match goes without its hook",
          );
          return hook.onFailure === "PROCEED" ? asFormed : { type: "refuse", code: "" };
        }
        if (!(error instanceof MusterError) || error.reason !== "OVERLOADED" || signal.aborted) throw error;
        await clock.sleep(backoffMs(attempt, random), signal); // The match waits for its turn.
      }
    }
  };
  return createKeyedWork(async (matchId, signal) => {
    const question = await ledger.read((state) => questionOf(state, matchId));
    if (!question) return; // It has its outcome.
    const verdict = await ask(question.match, question, signal);
    if (verdict.type === "refuse") await clock.sleep(REFUSED_REST_MS, signal);
    await record(workshop, (state, nowMs) => decideWeighed(state, { matchId, verdict, nowMs }));
  }, workshop.onFatal);
}

type Question = { readonly match: Match; readonly body: string; readonly queues: ReadonlySet<string> };

function questionOf(state: MatcherState, matchId: MatchId): Question | undefined {
  const match = state.weighed.get(matchId);
  if (!match) return undefined;
  const players = match.players.map(({ playerId, team, ticketId }) => {
    const brought = state.tickets.get(ticketId)?.ticket.players.find((one) => one.playerId === playerId);
    return { playerId, team, ticketId, attributes: inOrder(brought?.attributes ?? {}) };
  });
  const { configuration, queue, regions, properties, data } = match;
  const told = {
    matchId,
    ...(queue !== undefined && { queue }),
    regions,
    properties: inOrder(properties),
    data,
    players,
  };
  const present = state.configurations.get(configuration);
  const choices = present && present.query === undefined ? choicesOf(present) : [];
  const queues = [queue, present?.queue, ...choices.map((choice) => choice.queue)].filter((name) => name !== undefined);
  return { match, body: JSON.stringify({ type: "MATCHED", configuration, match: told }), queues: new Set(queues) };
}

function inOrder<Value>(map: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws {HookFailed} for an answer of another form, or one that cannot be done. */
function readVerdict(value: unknown, match: Match, queues: ReadonlySet<string>): Verdict {
  const read = answerSchema.safeParse(value ?? {});
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new HookFailed(`its answer cannot be read: ${issue?.path.join(".")} ${issue?.message}`);
  }
  const { decision, code, queue, properties, data, sessionName } = read.data;
  if (decision === "REFUSE") return { type: "refuse", code };
  if (typeof queue === "string" && (match.queue === undefined || !queues.has(queue))) {
    throw new HookFailed("its answer names a queue that is none of the configuration's");
  }
  if (Object.keys({ ...match.properties, ...properties }).length > PROPERTIES_MAX) {
    throw new HookFailed(`its answer makes more than ${PROPERTIES_MAX} properties`);
  }
  return { type: "proceed", isGroup: queue === null, queue: queue ?? undefined, properties, data, sessionName };
}
