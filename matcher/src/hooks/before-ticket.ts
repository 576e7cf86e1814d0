// The question to a hook before a ticket enters, and before players join one: what it is told, what it may change, and what its refusal is.
import { fieldInvalid, limits, MusterError, type TicketId } from "@muster/proto";
import { z } from "zod";
import { checkInTicket } from "../core/accept-match.ts";
import type { BeforeTicketHook } from "../core/hooks/hook-settings.ts";
import { checkNotRefused, decideRefuseTicket, hookRefused } from "../core/hooks/refused-tickets.ts";
import type { JoinMatching } from "../core/join-matching.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { playersForParty } from "../core/party/start-for-party.ts";
import { missingPlayers } from "../core/preparation.ts";
import type { AskedQuery } from "../core/query/ticket-query.ts";
import { getConfiguration, type StartMatching } from "../core/start-matching.ts";
import type { TicketPlayer } from "../core/ticket.ts";
import { digestOfText } from "../digest.ts";
import { readPlayer } from "../grpc/wire.ts";
import { decide, type Workshop } from "../workshop.ts";
import { harmless, wellFormed } from "./answer-text.ts";
import type { AskHook } from "./ask-hook.ts";
import { type HookCall, HookFailed } from "./hook-caller.ts";

/** Characters of what a refusal says: it goes into errors and into the journal. */
const MESSAGE_CHARS_MAX = 256;
const DIGEST_CHARS = 16;

const answerSchema = z.strictObject({
  decision: z.enum(["ADMIT", "REFUSE"]).default("ADMIT"),
  code: z
    .string()
    .regex(/^[A-Z0-9_]{1,64}$/)
    .default(""),
  // A refusal stands, whatever it says.
  message: z.string().max(MESSAGE_CHARS_MAX).default("").transform(harmless),
  players: z
    .array(
      z.strictObject({
        playerId: z.string(),
        attributes: z.record(z.string(), z.unknown()).optional(),
        latenciesMs: z.record(z.string(), z.int()).optional(),
        team: z.string().nullable().optional(),
      }),
    )
    .default([]),
  query: wellFormed.optional(),
  minCount: z.int().optional(),
  maxCount: z.int().optional(),
  countMultiple: z.int().optional(),
  stringProperties: z.record(wellFormed, wellFormed).optional(),
  numericProperties: z.record(wellFormed, z.number()).optional(),
});
type Answer = z.output<typeof answerSchema>;

/** Makes of a request what its configuration's hook makes of it. */
export type BeforeTicket = {
  /** The hook that has to be asked of the request now; undefined: none, as there is none, or there is an outcome already. */
  hookFor(state: MatcherState, request: StartMatching): BeforeTicketHook | undefined;
  /**
   * The request as it may enter. Two at once with one id and body are one question.
   *
   * @throws {MusterError} HOOK_REFUSED, HOOK_FAILED, OVERLOADED, ID_REUSED; FIELD_INVALID, ID_MALFORMED for what the hook made of it.
   */
  ask(request: StartMatching, hook: BeforeTicketHook): Promise<StartMatching>;
  /**
   * Players who join a ticket that waits for them, as they may come in. Nobody is asked of who is in already. What refuses a join is not
   * recorded: a repeat is asked about again.
   *
   * @throws {MusterError} HOOK_REFUSED, HOOK_FAILED, OVERLOADED, PLAYER_NOT_IN_TICKET; FIELD_INVALID for what the hook made of it.
   */
  askOfJoin(request: JoinMatching): Promise<JoinMatching>;
};

export function createBeforeTicket(
  workshop: Pick<Workshop, "ledger" | "clock" | "log">,
  { askHook, signal }: { readonly askHook: AskHook; readonly signal: AbortSignal },
): BeforeTicket {
  const asking = new Map<TicketId, { readonly bodyDigest: string; readonly outcome: Promise<StartMatching> }>();

  /** Undefined: there is none, and the request is admitted as it is. @throws {MusterError} HOOK_FAILED, OVERLOADED. */
  const answerTo = async (
    call: HookCall,
    of: Pick<StartMatching, "ticketId" | "players">,
    { timeoutMs, onFailure }: BeforeTicketHook,
  ): Promise<Answer | undefined> => {
    try {
      return readAnswer(await askHook(call, timeoutMs, signal), of);
    } catch (error) {
      if (!(error instanceof HookFailed)) throw error;
      if (onFailure === "ADMIT") return undefined;
      const { ticketId } = of;
      const { hook } = call;
      const why = `Cannot take ticket ${ticketId} as hook ${hook} has to be asked of it: ${error.message}`;
      throw new MusterError("HOOK_FAILED", why, { metadata: { ticketId, hook }, cause: error });
    }
  };
  const askOfJoin = async (request: JoinMatching): Promise<JoinMatching> => {
    const { ticketId } = request;
    const { state } = workshop.ledger;
    const ticket = state.tickets.get(ticketId)?.ticket;
    const settings = ticket && state.configurations.get(ticket.configuration)?.hooks?.beforeTicket;
    if (!settings || ticket.state.phase !== "PREPARING") return request; // Who decides of it says what is wrong with it.
    for (const { playerId } of request.players) checkInTicket(ticket, playerId);
    const missing = new Set(missingPlayers(ticket.state.preparation, ticket.players));
    const players = request.players.filter(({ playerId }) => missing.has(playerId));
    if (players.length === 0) return request;
    const body = JSON.stringify({
      ...{ type: "BEFORE_TICKET", configuration: ticket.configuration },
      ticket: {
        ticketId,
        players: players.map(writePlayer),
        joining: true,
        ...(ticket.partyId && { partyId: ticket.partyId }),
      },
    });
    const { hook } = settings;
    const id = `before-join.${ticketId}.${digestOfText(body).slice(0, DIGEST_CHARS)}`;
    const answer = await answerTo({ hook, question: "beforeTicket", id, body }, { ticketId, players }, settings);
    if (!answer) return request;
    const { decision, code, message } = answer;
    if (decision === "REFUSE") throw hookRefused({ ticketId, hook, code, message }, "join");
    return { ticketId, players: rewrittenPlayers(players, answer.players) };
  };

  const askOnce = async (request: StartMatching, settings: BeforeTicketHook): Promise<StartMatching> => {
    const { ticketId, bodyDigest } = request;
    const { hook } = settings;
    const known = withPartyPlayers(workshop.ledger.state, request);
    const call = {
      ...{ hook, question: "beforeTicket" as const },
      id: `before-ticket.${ticketId}.${bodyDigest.slice(0, DIGEST_CHARS)}`,
      body: bodyOf(known),
    };
    const answer = await answerTo(call, known, settings);
    if (!answer) return request;
    if (answer.decision === "ADMIT") return checkSize(rewritten(request, known, answer));
    const refusal = { ticketId, bodyDigest, hook, code: answer.code, message: answer.message };
    await decide(workshop, (state) => ({ facts: decideRefuseTicket(state, refusal), reply: undefined }));
    throw hookRefused(refusal);
  };
  return {
    askOfJoin,
    hookFor(state, request) {
      const configuration = state.configurations.get(request.configuration);
      // As a rule nobody is asked, and nobody was refused: to look for a ticket of the id is most of what this costs.
      if (configuration && !configuration.hooks?.beforeTicket && state.refused.size === 0) return undefined;
      if (state.tickets.has(request.ticketId)) return undefined; // What became of it counts.
      checkNotRefused(state, request);
      return getConfiguration(state, request.configuration).hooks?.beforeTicket;
    },
    ask(request, hook) {
      const { ticketId, bodyDigest } = request;
      const present = asking.get(ticketId);
      if (present?.bodyDigest === bodyDigest) return present.outcome;
      if (present) {
        const why = `Cannot make ticket ${ticketId} as its id came before with another body`;
        return Promise.reject(new MusterError("ID_REUSED", why, { metadata: { ticketId } }));
      }
      const outcome = askOnce(request, hook).finally(() => asking.delete(ticketId));
      asking.set(ticketId, { bodyDigest, outcome });
      return outcome;
    },
  };
}

/** A party's ticket that names nobody is of all its members. */
function withPartyPlayers(state: MatcherState, request: StartMatching): StartMatching {
  const { party, players, preparation } = request;
  if (!party) return request;
  return { ...request, players: playersForParty(state, party, { players, asked: preparation?.asked ?? [] }) };
}

/** The same for every repeat. */
function bodyOf({ ticketId, configuration, players, query, preparation, party }: StartMatching): string {
  return JSON.stringify({
    type: "BEFORE_TICKET",
    configuration,
    ticket: {
      ticketId,
      players: players.map(writePlayer),
      ...(query && {
        ...query,
        stringProperties: inOrder(query.stringProperties),
        numericProperties: inOrder(query.numericProperties),
      }),
      ...(preparation && { askedPlayerIds: preparation.asked }),
      ...(party && { partyId: party.partyId }),
    },
  });
}

function writePlayer({ playerId, attributes, latenciesMs, team }: TicketPlayer) {
  return {
    ...{ playerId, attributes: inOrder(attributes), latenciesMs: inOrder(latenciesMs) },
    ...(team !== undefined && { team }),
  };
}

/** Maps come over the wire in any order. */
function inOrder<Value>(map: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws {HookFailed} for an answer of another form, or one that is of somebody else. */
function readAnswer(value: unknown, { players }: Pick<StartMatching, "players">): Answer {
  const read = answerSchema.safeParse(value ?? {});
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new HookFailed(`its answer cannot be read: ${issue?.path.join(".")} ${issue?.message}`);
  }
  const ids = new Set(players.map(({ playerId }) => playerId as string));
  for (const { playerId } of read.data.players) {
    if (!ids.delete(playerId)) throw new HookFailed("its answer names a player twice, or one who is not in the ticket");
  }
  return read.data;
}

const NO_QUERY: AskedQuery = {
  ...{ query: undefined, minCount: undefined, maxCount: undefined, countMultiple: undefined },
  ...{ stringProperties: {}, numericProperties: {} },
};

/** `known`: the request with the players that a party brings. @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
function rewritten(request: StartMatching, known: StartMatching, answer: Answer): StartMatching {
  const { decision: _, code, message, players: answered, stringProperties, numericProperties, ...scalars } = answer;
  const before = request.query ?? NO_QUERY;
  const query: AskedQuery = {
    ...{ ...before, ...scalars },
    stringProperties: stringProperties ?? before.stringProperties,
    numericProperties: numericProperties ?? before.numericProperties,
  };
  const isAsked = [stringProperties, numericProperties, ...Object.values(scalars)].some((value) => value !== undefined);
  const players = answered.length === 0 ? request.players : rewrittenPlayers(known.players, answered);
  return { ...request, players, ...(isAsked && { query }) };
}

/** What the hook left out stays as it was. @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
function rewrittenPlayers(players: readonly TicketPlayer[], answered: Answer["players"]): readonly TicketPlayer[] {
  const changes = new Map(answered.map((one) => [one.playerId, one]));
  return players.map((player, index) => {
    const change = changes.get(player.playerId);
    if (!change) return player;
    const { attributes = player.attributes, latenciesMs = player.latenciesMs, team = player.team ?? "" } = change;
    return readPlayer(
      { playerId: player.playerId, attributes: { ...attributes }, latenciesMs: { ...latenciesMs }, team: team ?? "" },
      `players[${index}]`,
    );
  });
}

/** @throws {MusterError} FIELD_INVALID if the hook made more of it than a ticket may have. */
function checkSize(request: StartMatching): StartMatching {
  const { length } = JSON.stringify([request.players, request.query]);
  if (length <= limits.TICKET_CHARS_MAX) return request;
  throw fieldInvalid(
    "players",
    `at most ${limits.TICKET_CHARS_MAX} characters as JSON, as the hook has them too`,
    length,
  );
}
