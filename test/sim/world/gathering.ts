// How players come together before they queue: a party that its leader forms, or a ticket that waits for each of them. Some come late, do not
// come, or change their mind while the ticket waits for its match.

import { MusterError } from "@muster/proto";
import {
  type MatchmakingServiceDefinition,
  noProperties,
  PartyAnswer,
  type PartyServiceDefinition,
  type Player,
} from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import type { Chance } from "../engine/chance.ts";

export type GatheringParts = {
  readonly chance: Chance;
  readonly matching: Client<typeof MatchmakingServiceDefinition>;
  readonly parties: Client<typeof PartyServiceDefinition>;
  readonly patiently: <Value>(ask: () => Promise<Value>) => Promise<Value>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly mischiefRatio: number;
};

export type Gathering = {
  readonly ticketId: string;
  readonly configuration: string;
  /** The first leads. */
  readonly players: readonly Player[];
};

/** Starts a ticket that waits for all but its first player, and lets these come. Resolves when the ticket is there. */
export async function prepareTicket(
  { ticketId, configuration, players }: Gathering,
  { chance, matching, patiently, sleep, mischiefRatio }: GatheringParts,
): Promise<void> {
  const asked = {
    playerIds: players.slice(1).map(({ playerId }) => playerId),
    timeoutSeconds: chance.pick([2, 5, 20]),
  };
  const request = { ...noProperties, ticketId, configuration, players: players.slice(0, 1), asked };
  await patiently(() => matching.startMatching(request));
  const come = async (player: Player) => {
    await sleep(chance.wait(1_000 * (chance.happens(0.8) ? 1 : asked.timeoutSeconds)));
    if (chance.happens(0.1)) return; // Does not come.
    const { playerId } = player;
    if (chance.happens(0.1)) await patiently(() => matching.declineMatching({ ticketId, playerId }));
    const times = chance.happens(mischiefRatio) ? 2 : 1;
    for (let i = 0; i < times; i += 1) await patiently(() => matching.joinMatching({ ticketId, players: [player] }));
  };
  for (const player of players.slice(1)) come(player).catch(ignoreRefusal);
}

/** Forms a party and starts its ticket. Resolves, when the ticket is there, with what dissolves the party. */
export async function queueAsParty(
  { ticketId, configuration, players }: Gathering,
  parts: GatheringParts,
): Promise<() => Promise<void>> {
  const { chance, matching, parties, patiently, sleep, mischiefRatio } = parts;
  const [leader, ...others] = players;
  const partyId = `${ticketId}.party`;
  const leaderId = leader?.playerId ?? "";
  let requests = 0;
  const named = () => {
    requests += 1;
    return { partyId, requestId: `${ticketId}.${requests}` };
  };
  /** Who is still in the party of another evening leaves it first. */
  const freely = async (player: Player, comeIn: () => Promise<unknown>) => {
    try {
      await patiently(comeIn);
    } catch (error) {
      const { reason, metadata } = error as MusterError;
      if (reason !== "PLAYER_IN_PARTY") throw error;
      const { playerId } = player;
      await patiently(() => parties.leaveParty({ partyId: metadata.partyId ?? "", playerId, requestId: "" }));
      await patiently(comeIn);
    }
  };
  const open = chance.happens(0.5);
  const terms = { partyId, leader, membersMax: 0, open, properties: {} };
  if (leader) await freely(leader, () => parties.createParty(terms));
  for (const player of others) {
    const { playerId } = player;
    if (!open && chance.happens(0.5)) {
      const ask = { ...named(), player, timeoutSeconds: 60 };
      await freely(player, () => parties.askToJoinParty(ask));
      const answer = { ...named(), leaderId, playerId, answer: PartyAnswer.ACCEPT };
      await freely(player, () => parties.answerPartyAsk(answer));
      continue;
    }
    const invitation = { ...named(), leaderId, playerId, timeoutSeconds: 60 };
    if (!open) await patiently(() => parties.inviteToParty(invitation));
    const join = { ...named(), player };
    await freely(player, () => parties.joinParty(join));
    if (chance.happens(mischiefRatio)) await patiently(() => parties.joinParty(join));
  }
  await patiently(() =>
    matching.startMatching({ ...noProperties, ticketId, configuration, players: [], party: { partyId, leaderId } }),
  );
  const change = async () => {
    await sleep(chance.wait(2_500));
    const playerId = chance.pick(players).playerId;
    if (chance.happens(0.3)) await patiently(() => parties.promoteInParty({ ...named(), leaderId, playerId }));
    if (chance.happens(0.7)) await patiently(() => parties.leaveParty({ ...named(), playerId }));
    else await patiently(() => parties.dissolveParty({ ...named(), leaderId }));
  };
  if (chance.happens(0.5)) change().catch(ignoreRefusal);
  return async () => {
    for (const { playerId } of players) {
      await patiently(() => parties.leaveParty({ ...named(), playerId })).catch(ignoreRefusal);
    }
  };
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof MusterError)) throw error;
}
