// One player of a completed ticket at the server, with all the manners that players have: late, twice, on the wrong server,
// with a bad connection, gone without a word.
import { type Random, systemClock } from "@muster/kit";
import { fingerprint, MusterError } from "@muster/proto";
import type { Outcome } from "../history/entry.ts";
import type { History } from "../history/history.ts";
import { between, chance } from "./dice.ts";
import { type Address, GameClient } from "./game-client.ts";

export type Invitation = {
  readonly ticketId: string;
  readonly address: Address;
  readonly playerSessionId: string;
};

export type PlayerParts = {
  readonly history: History;
  readonly random: Random;
  /** Ends the stay early. */
  readonly signal: AbortSignal;
  /** Where other battles are: for those who get lost. */
  readonly otherAddresses: () => readonly Address[];
};

/** Plays until the player has had enough. Never rejects for what servers and networks do. */
export async function playBattle(invitation: Invitation, parts: PlayerParts): Promise<void> {
  const { random, signal } = parts;
  if (chance(random, 0.1)) return; // Never comes: the reservation runs out.
  if (chance(random, 0.1)) await pause(between(random, 500, 6_000), signal);
  if (chance(random, 0.05)) await getLost(invitation, parts);
  using client = new GameClient(invitation.address);
  const joins = [join(client, invitation, parts)];
  using twin = chance(random, 0.25) ? new GameClient(invitation.address) : undefined;
  if (twin) joins.push(join(twin, invitation, parts));
  const answers = await Promise.all(joins);
  const secret = answers.find((answer) => answer.reconnectSecret !== undefined)?.reconnectSecret;
  if (secret === undefined) {
    // Nobody knows, or refused: somebody who was let in without hearing so tries again.
    if (answers.some(({ outcome }) => "unknown" in outcome)) await tryAgain(invitation, parts);
    return;
  }
  await stay({ client: answers[0]?.reconnectSecret === undefined && twin ? twin : client, secret }, invitation, parts);
}

type Inside = { readonly client: GameClient; readonly secret: string };

async function stay({ client, secret }: Inside, invitation: Invitation, parts: PlayerParts): Promise<void> {
  const { random, signal } = parts;
  await pause(between(random, 200, 3_000), signal);
  if (chance(random, 0.2)) await quietly(client.ask({ ask: "backfill", addPlayers: { red: 1, blue: 1 } }));
  if (chance(random, 0.25)) await thief(invitation, parts);
  if (chance(random, 0.35)) {
    client[Symbol.dispose]();
    await pause(between(random, 0, 1_500), signal);
    using again = new GameClient(invitation.address);
    const { outcome } = await join(again, invitation, parts, secret);
    if (!("ok" in outcome) || chance(random, 0.3)) return; // Gone for good: the grace runs out.
    await pause(between(random, 100, 1_500), signal);
    await quietly(again.ask({ ask: "leave" }));
    return;
  }
  await quietly(client.ask({ ask: chance(random, 0.05) ? "end" : "leave" }));
  if (chance(random, 0.3)) await thief(invitation, parts);
}

/** Somebody who got hold of the id presents it too. */
async function thief(invitation: Invitation, parts: PlayerParts): Promise<void> {
  using other = new GameClient(invitation.address);
  await join(other, invitation, parts);
}

async function tryAgain(invitation: Invitation, parts: PlayerParts): Promise<void> {
  await pause(between(parts.random, 100, 2_000), parts.signal);
  using again = new GameClient(invitation.address);
  const { reconnectSecret } = await join(again, invitation, parts);
  if (reconnectSecret !== undefined) await quietly(again.ask({ ask: "leave" }));
}

async function getLost(invitation: Invitation, parts: PlayerParts): Promise<void> {
  const others = parts.otherAddresses().filter(({ ports }) => ports.game !== invitation.address.ports.game);
  const address = others[Math.floor(parts.random.fraction() * others.length)];
  if (!address) return;
  using client = new GameClient(address);
  await join(client, { ...invitation, address }, parts);
}

async function join(
  client: GameClient,
  { ticketId, playerSessionId }: Invitation,
  { history }: PlayerParts,
  reconnectSecret?: string,
): Promise<{ readonly outcome: Outcome; readonly reconnectSecret: string | undefined }> {
  let given: string | undefined;
  const ask = {
    op: "join",
    ticketId,
    seat: fingerprint(playerSessionId),
    returns: reconnectSecret !== undefined,
  } as const;
  const outcome = await history.call("player", ask, async () => {
    const request = {
      ask: "join",
      playerSessionId,
      ...(reconnectSecret === undefined ? {} : { reconnectSecret }),
    } as const;
    given = (await client.ask(request)).reconnectSecret;
    return "joined";
  });
  return { outcome, reconnectSecret: given };
}

async function quietly(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof MusterError)) throw error; // A server that is gone, or of another opinion, is no surprise.
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await systemClock.sleep(ms, signal).catch(() => undefined); // Called off: go on at once.
}
