// muster party …
import { drawId, systemClock, systemRandom } from "@muster/kit";
import { MusterError, parseAttributes } from "@muster/proto";
import {
  PartyAnswer,
  PartyEventType,
  type Party as PartyMessage,
  type WatchPartiesResponse,
} from "@muster/proto/matchmaking";
import { connectMatcher, type MatcherConnection } from "../contract/connection.ts";
import { type Party, readParty } from "../contract/party.ts";
import { watchResiliently } from "../contract/resilient-watch.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** How long the matcher may be away while a command watches, in ms: longer than it takes to start again. */
const AWAY_MS = 30_000;

export type CreatePartyOptions = {
  readonly leader: string;
  /** Undefined: drawn. */
  readonly partyId: string | undefined;
  /** 0: as many as a ticket takes. */
  readonly membersMax: number;
  readonly open: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
};

export async function createParty(options: CreatePartyOptions, context: CommandContext): Promise<ExitCode> {
  const { leader, partyId = "", membersMax, open, attributes } = options;
  const request = { partyId, leader: playerOf(leader, attributes), membersMax, open, properties: {} };
  return await show(context, ({ parties }, how) => parties.createParty(request, how));
}

/** What somebody does with a party, or its leader with somebody. */
export type PartyVerb = "invite" | "join" | "ask" | "accept" | "refuse" | "leave" | "kick" | "promote" | "dissolve";

export type ChangePartyOptions = {
  readonly partyId: string;
  /** Who acts, or whom the leader does something with. "": the leader alone. */
  readonly playerId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** Does it, for the leader where only the leader may, and prints the party as it stands then. */
export async function changeParty(
  verb: PartyVerb,
  { partyId, playerId, attributes }: ChangePartyOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const base = { partyId, requestId: drawId("req", systemRandom) };
  return await show(context, async ({ parties }, how) => {
    const player = playerOf(playerId, attributes);
    const byLeader = async () => {
      const { party } = await parties.describeParty({ partyId, playerId: "" }, how);
      return { ...base, playerId, leaderId: party?.leaderId ?? "" };
    };
    switch (verb) {
      case "invite":
        return await parties.inviteToParty({ ...(await byLeader()), timeoutSeconds: 0 }, how);
      case "join":
        return await parties.joinParty({ ...base, player }, how);
      case "ask":
        return await parties.askToJoinParty({ ...base, player, timeoutSeconds: 0 }, how);
      case "accept":
        return await parties.answerPartyAsk({ ...(await byLeader()), answer: PartyAnswer.ACCEPT }, how);
      case "refuse":
        return await parties.answerPartyAsk({ ...(await byLeader()), answer: PartyAnswer.REFUSE }, how);
      case "leave":
        return await parties.leaveParty({ ...base, playerId }, how);
      case "kick":
        return await parties.kickFromParty(await byLeader(), how);
      case "promote":
        return await parties.promoteInParty(await byLeader(), how);
      case "dissolve": {
        const { leaderId } = await byLeader();
        return await parties.dissolveParty({ ...base, leaderId }, how);
      }
    }
  });
}

/** The party, or the one that the player is in. */
export async function showParty(
  { partyId = "", playerId = "" }: { readonly partyId?: string | undefined; readonly playerId?: string | undefined },
  context: CommandContext,
): Promise<ExitCode> {
  return await show(context, ({ parties }, how) => parties.describeParty({ partyId, playerId }, how));
}

/** Prints every change as it happens, until Ctrl-C; of one party until it ends. */
export async function watchParties(
  { partyId = "", playerId = "" }: { readonly partyId?: string | undefined; readonly playerId?: string | undefined },
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const messages = watchResiliently<WatchPartiesResponse>(
    {
      open: (resumeToken, signal) => matcher.parties.watchParties({ partyId, playerId, resumeToken }, { signal }),
      tokenOf: ({ resumeToken }) => resumeToken,
      clock: systemClock,
      random: systemRandom,
      awayMs: AWAY_MS,
    },
    context.signal,
  );
  for await (const message of messages) {
    if (message.type !== PartyEventType.CHANGED) continue;
    const party = readParty(message.party);
    if (context.json) printJson(context, party);
    else context.terminal.print(summarizeParty(party));
    if (partyId !== "" && party.state === "ENDED") break;
  }
  return 0;
}

type How = { readonly signal: AbortSignal };

async function show(
  context: CommandContext,
  call: (matcher: MatcherConnection, how: How) => Promise<{ readonly party?: PartyMessage | undefined }>,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { party: message } = await call(matcher, { signal: context.signal });
  if (!message) throw new MusterError("PARTY_NOT_FOUND", "Cannot find a party of the player as the player is in none");
  const party = readParty(message);
  if (context.json) printJson(context, party);
  else for (const line of describeParty(party)) context.terminal.print(line);
  return 0;
}

function playerOf(playerId: string, attributes: Readonly<Record<string, unknown>>) {
  parseAttributes("--attributes", attributes);
  return { playerId, attributes: { ...attributes }, latenciesMs: {}, team: "" };
}

/** One line: id, what happened, who is in it. */
export function summarizeParty({ partyId, lastChange, members, leaderId, offers }: Party): string {
  const who = members.map(({ playerId }) => `${playerId}${playerId === leaderId ? "*" : ""}`);
  const maybe = offers.map(({ playerId, kind }) => `${playerId} ${kind}`);
  const about = lastChange.playerId === undefined ? "" : ` ${lastChange.playerId}`;
  return `${partyId} ${lastChange.type}${about}: ${[...who, ...maybe].join(", ")}`.replace(/: $/, "");
}

export function describeParty(party: Party): readonly string[] {
  const lines = [
    `party          ${party.partyId}`,
    `state          ${party.state}`,
    `members        ${party.members.length} of ${party.membersMax}${party.open ? ", open" : ""}`,
  ];
  for (const { playerId } of party.members) {
    lines.push(`${playerId === party.leaderId ? "leader" : "member"}         ${playerId}`);
  }
  for (const { playerId, kind, expiresAt = "?" } of party.offers) {
    lines.push(`${kind.toLowerCase().padEnd(14)} ${playerId}, until ${expiresAt}`);
  }
  for (const ticketId of party.ticketIds) lines.push(`ticket         ${ticketId}`);
  return lines;
}
