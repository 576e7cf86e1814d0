// A game backend with its players: it queues them alone and in parties, through the SDK as an honest one does or by raw calls
// as one that repeats, gives up and asks again, and sends them to their battle.
import { MusterError, readReason, writeAttributes } from "@muster/proto";
import {
  JoinTokenServiceDefinition,
  MatchmakingServiceDefinition,
  noProperties,
  PartyServiceDefinition,
  type StartMatchingRequest,
  TicketState,
} from "@muster/proto/matchmaking";
import { type Address, connectMatcherWith, type MatchAnswer, type MatchResult, type Ticket } from "@muster/sdk/backend";
import { type Chance, createChance } from "../engine/chance.ts";
import type { Life, Lives } from "../engine/life.ts";
import { overhear } from "../engine/overheard-network.ts";
import { answerProposal, type Proposed } from "./answers.ts";
import { attend, drawGrace } from "./attendance.ts";
import { playBattle } from "./client.ts";
import { comeBack } from "./coming-back.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { joinByToken } from "./doors.ts";
import type { Eyes } from "./eyes.ts";
import { prepareTicket, queueAsParty } from "./gathering.ts";
import type { Knobs } from "./knobs.ts";
import { PLAIN } from "./rule-sets.ts";
import type { ServerPark } from "./server-park.ts";
import { TRAITLESS, traitsOf } from "./traits.ts";

export interface Backend {
  readonly life: Life;
  /** Queues nobody any more. */
  close(): void;
  /** Players who queue or play. */
  readonly busy: number;
}

export type BackendParts = {
  readonly seed: number;
  readonly lives: Lives;
  readonly knobs: Knobs;
  readonly park: ServerPark;
  readonly eyes: Eyes;
  /** Of its machine. */
  readonly name: string;
  /** Its run: a later one knows nothing of what an earlier one had begun. */
  readonly run: number;
  readonly players: readonly string[];
};

type Party = { readonly ticketId: string; readonly configuration: string; readonly players: readonly string[] };
type Seated = {
  readonly address: Address | undefined;
  readonly seats: readonly {
    readonly playerId: string;
    readonly playerSessionId: string | undefined;
    readonly joinToken?: string | undefined;
  }[];
};

const RETRY_MS = 500;
const WAITING: ReadonlySet<TicketState> = new Set([
  ...[TicketState.PREPARING, TicketState.SEARCHING, TicketState.REQUIRES_ACCEPTANCE, TicketState.PLACING],
]);
/** Failures after which the same call may well succeed. */
const TRY_AGAIN: ReadonlySet<string> = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "INTERNAL"]);

export function startBackend(parts: BackendParts): Backend {
  const { seed, lives, knobs, park, eyes, name, run } = parts;
  const node = `${name}~${run}`;
  const life = lives.start(node);
  eyes.see({ type: "life", node, how: "start" });
  const { clock } = life;
  const chance = createChance(seed, node);
  const answers = createChance(seed, `${node} answers`);
  const batches = createChance(seed, `${node} batches`);
  const gatherings = createChance(seed, `${node} gatherings`);
  const comings = createChance(seed, `${node} comings`);
  const attendances = createChance(seed, `${node} attendances`);
  const network = overhear(life.network, { caller: node, see: eyes.see, nextCallId: eyes.nextCallId });
  const matcher = connectMatcherWith({ network, address: "matcher", clock, random: chance });
  const raw = network.connect("matcher").client(MatchmakingServiceDefinition);
  const isPlain = Object.values(knobs.flavours).every((pair) => pair.every((flavour) => flavour === PLAIN));
  const idle = [...parts.players];
  let parties = 0;
  let busy = 0;
  let closed = false;

  const again = (error: unknown): boolean => error instanceof MusterError && TRY_AGAIN.has(error.code);
  /** Asks until there is an answer. */
  const patiently = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!again(error)) throw error;
        await clock.sleep(RETRY_MS);
      }
    }
  };

  const byTheSdk = async ({ ticketId, configuration, players }: Party): Promise<Seated | undefined> => {
    const stop = new AbortController();
    if (chance.happens(knobs.cancelRatio)) {
      clock.sleep(chance.wait(knobs.requestTimeoutSeconds * 250)).then(() => stop.abort(), eyes.fail);
    }
    // Some parties ask to be divided, or for what cannot be.
    const ratio = players.length > 1 && chance.happens(0.2) ? 0.7 : 0.1;
    const members = players.map((playerId) => {
      return { playerId, ...traitsFor(playerId), ...teamOf(ratio), ...dataOf(playerId) };
    });
    const ticket = { ticketId, configuration, players: members, ...presenceOf() };
    const onProposed = (proposed: Ticket) => {
      answer({ ticketId, matchId: proposed.matchId ?? "", players }, () => Promise.resolve(stop.abort()));
    };
    const result: MatchResult = await patiently(() => matcher.match(ticket, { signal: stop.signal, onProposed }));
    if (result.state !== "COMPLETED") return undefined;
    return { address: result.assignment.address, seats: result.assignment.players };
  };
  /** Each in their own time, whatever becomes of the ticket meanwhile. */
  const answer = (proposed: Proposed, cancel: () => Promise<void>) => {
    const sayBySdk = (word: "ACCEPT" | "REFUSE", said: MatchAnswer) =>
      word === "ACCEPT" ? matcher.acceptMatch(said) : matcher.declineMatch(said);
    answerProposal(proposed, {
      chance: answers,
      knobs,
      sleep: (ms) => clock.sleep(ms),
      say: (word, said) =>
        patiently(() => sayBySdk(word, said))
          .then(() => undefined)
          .catch(ignoreRefusal),
      cancel,
    }).catch(eyes.fail);
  };
  const bring = (playerId: string) => {
    const { attributes, latenciesMs } = traitsFor(playerId);
    const traits = { attributes: writeAttributes(attributes), latenciesMs: { ...latenciesMs } };
    return { playerId, ...traits, team: "", ...dataOf(playerId) };
  };
  /** What the game is told of half of them. */
  const dataOf = (playerId: string) => (playerId.length % 2 === 0 ? {} : { data: `of ${playerId}` });
  /** Some tickets end with whoever watches them. */
  const presenceOf = () =>
    attendances.happens(knobs.presentRatio) ? { presenceGraceSeconds: drawGrace(attendances) } : {};
  const traitsFor = (playerId: string) => (isPlain ? TRAITLESS : traitsOf(seed, playerId));
  const teamOf = (ratio: number) => (chance.happens(ratio) ? { team: chance.pick(["red", "blue"]) } : {});

  /** Now and then beside another one for the same players, who may be in one only: the second is refused. */
  const byBatch = async (request: StartMatchingRequest) => {
    const twin = { ...request, ticketId: `${request.ticketId}.twin` };
    const asked = batches.happens(knobs.mischiefRatio) ? [request, twin] : [request];
    const { tickets } = await patiently(() => raw.startMatchingBatch({ tickets: asked, brief: false }));
    const { refusal } = tickets[0] ?? {};
    if (refusal) throw new MusterError(readReason(refusal.reason, "INTERNAL"), refusal.message, refusal);
  };

  /** Repeats its calls, looks now and then, and cancels without waiting to hear. */
  const byHand = async ({ ticketId, configuration, players }: Party): Promise<Seated | undefined> => {
    const request = {
      ...noProperties,
      configuration,
      ticketId,
      players: players.map(bring),
      ...presenceOf(),
    };
    const left = new AbortController();
    if (request.presenceGraceSeconds !== undefined && attendances.happens(0.8)) {
      const mine = { ticketId, graceSeconds: request.presenceGraceSeconds };
      attend(mine, { chance: attendances, matching: raw, clock }, left.signal).catch(eyes.fail);
    }
    return await queueByHand(request, players).finally(() => left.abort());
  };
  const queueByHand = async (
    request: StartMatchingRequest & { readonly ticketId: string },
    players: readonly string[],
  ): Promise<Seated | undefined> => {
    const { ticketId, configuration } = request;
    const way = players.length > 1 ? gatherings.fraction() : 1;
    if (way < 0.35) {
      const dissolve = await queueAsParty(request, gathering);
      return await follow({ ticketId, configuration, players }).finally(() => dissolve().catch(eyes.fail));
    }
    if (way < 0.6) {
      await prepareTicket(request, gathering);
      return await follow({ ticketId, configuration, players });
    }
    if (batches.happens(0.4)) await byBatch(request);
    else await patiently(() => raw.startMatching(request));
    if (chance.happens(knobs.mischiefRatio)) await patiently(() => raw.startMatching(request));
    if (chance.happens(knobs.mischiefRatio)) {
      // Under the id of a ticket that is there, for somebody else: refused, and nothing changes.
      const others = request.players.map((player) => ({ ...player, playerId: `${player.playerId}.other` }));
      await patiently(() => raw.startMatching({ ...request, players: others })).catch(ignoreRefusal);
    }
    if (batches.happens(knobs.mischiefRatio)) {
      // For the same players once more, as a client does that starts anew: takes the older one's place where that is the rule.
      await clock.sleep(batches.wait(1_000));
      await patiently(() => raw.startMatching({ ...request, ticketId: `${ticketId}.newer` })).catch(ignoreRefusal);
    }
    if (chance.happens(knobs.cancelRatio)) {
      await clock.sleep(chance.wait(2_000));
      const times = chance.happens(0.3) ? 2 : 1;
      for (let i = 0; i < times; i += 1) {
        await patiently(() => raw.cancelMatching({ ticketId })).catch(ignoreRefusal);
      }
    }
    return await follow({ ticketId, configuration, players });
  };
  /** Looks at the ticket until it is over, and answers for its players. */
  const follow = async ({ ticketId, players }: Party): Promise<Seated | undefined> => {
    const answered = new Set<string>();
    const cancel = () =>
      patiently(() => raw.cancelMatching({ ticketId }))
        .then(() => undefined)
        .catch(ignoreRefusal);
    for (;;) {
      const { tickets } = await patiently(() => raw.describeMatchingProgress({ ticketIds: [ticketId] }));
      const [ticket] = tickets;
      if (ticket?.state === TicketState.COMPLETED) {
        const { address, players: seats = [] } = ticket.assignment ?? {};
        return {
          address,
          seats: seats.map((seat) => ({ ...seat, playerSessionId: seat.playerSessionId || undefined })),
        };
      }
      if (!ticket || !WAITING.has(ticket.state)) return undefined;
      if (ticket.state === TicketState.REQUIRES_ACCEPTANCE && !answered.has(ticket.matchId)) {
        answered.add(ticket.matchId);
        answer({ ticketId, matchId: ticket.matchId, players }, cancel);
      }
      await clock.sleep(chance.between({ min: 500, max: 3_000 }));
    }
  };
  const gathering = {
    chance: gatherings,
    matching: raw,
    parties: network.connect("matcher").client(PartyServiceDefinition),
    patiently,
    sleep: (ms: number) => clock.sleep(ms),
    mischiefRatio: knobs.mischiefRatio,
  };
  const doors = {
    chance: createChance(seed, `${node} doors`),
    joins: network.connect("matcher").client(JoinTokenServiceDefinition),
    patiently,
    sleep: (ms: number) => clock.sleep(ms),
  };
  const ignoreRefusal = (error: unknown) => {
    if (!(error instanceof MusterError)) throw error;
  };

  /** A party from its request to the end of its battle. */
  const spendEvening = async (party: Party) => {
    try {
      const seated = await (chance.happens(0.7) ? byTheSdk(party) : byHand(party));
      if (seated && comings.happens(knobs.mischiefRatio)) {
        const parts = { chance: comings, matching: raw, bring, patiently, sleep: (ms: number) => clock.sleep(ms) };
        comeBack(party, parts).catch(ignoreRefusal).catch(eyes.fail);
      }
      const mine = (seated?.seats ?? []).filter(({ playerId }) => party.players.includes(playerId));
      await Promise.all(
        mine.map(({ playerSessionId, joinToken }) => {
          if (joinToken !== undefined) return joinByToken(joinToken, doors);
          return playerSessionId && playBattle(seated?.address, playerSessionId, { life, chance, knobs, park });
        }),
      );
    } catch (error) {
      ignoreRefusal(error);
      await forget(error);
    }
    await clock.sleep(chance.wait(knobs.restMs));
    idle.push(...party.players);
    busy -= party.players.length;
  };
  /** A ticket of an earlier run of ours still holds the player: it is of no use to anybody. */
  const forget = async (error: unknown) => {
    const { reason, metadata } = error as MusterError;
    const { ticketId } = metadata;
    if (reason !== "PLAYER_ALREADY_QUEUED" || ticketId === undefined) return;
    await patiently(() => raw.cancelMatching({ ticketId })).catch(ignoreRefusal);
  };
  const queuePlayers = async () => {
    for (;;) {
      await clock.sleep(chance.wait(knobs.restMs / Math.max(1, idle.length)));
      if (closed || idle.length === 0) continue;
      parties += 1;
      const size = Math.min(idle.length, chance.happens(0.6) ? 1 : 1 + chance.below(Math.min(3, knobs.teamSize)));
      const configuration = drawConfiguration(chance, knobs);
      const party = { ticketId: `${name}.${run}.${parties}`, configuration, players: idle.splice(0, size) };
      busy += size;
      spendEvening(party).catch(eyes.fail);
    }
  };
  queuePlayers().catch(eyes.fail);

  return {
    life,
    close: () => {
      closed = true;
    },
    get busy() {
      return busy;
    },
  };
}

/** Most play where battles are filled by the matcher itself. */
function drawConfiguration(chance: Chance, { rushRatio, churnRatio, askedRatio }: Knobs): string {
  if (chance.happens(rushRatio)) return "group";
  if (chance.happens(churnRatio)) return chance.pick(["auto", "auto", "manual"]);
  if (askedRatio > 0 && chance.happens(askedRatio)) return chance.happens(0.6) ? "ranked" : "ready";
  return chance.happens(0.4) ? "auto" : chance.pick(CONFIGURATIONS);
}
