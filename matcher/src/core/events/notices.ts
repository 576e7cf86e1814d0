// What is told of parties, and of requests that met another ticket or seat of a player: events that are of no ticket and of no session. As
// those of sessions they are kept only until the outbox has them, which is at once, or after a restart.
import type { PlayerId } from "@muster/proto";
import { createEventLog, type EventLog } from "../event-log.ts";
import type { Fact, Times } from "../folds/fact-of.ts";
import type { MatcherState } from "../matcher-state.ts";
import type { Party } from "../party/party.ts";
import { SESSION_EVENTS_KEPT_MS } from "../session-events.ts";

export type NoticeType = "PARTY_CHANGED" | "TICKET_DUPLICATE";

export type Notice = {
  /** 1, 2, … over all notices. */
  readonly number: number;
  /** Of the fact in the journal. */
  readonly sequence: number;
  readonly atMs: number;
  readonly atWallMs: number;
  readonly type: NoticeType;
  /** Whose events are numbered: "party." or "duplicate." and an id. */
  readonly subject: string;
  /** 1, 2, … of the subject. */
  readonly place: number;
  /** Undefined: of none. */
  readonly configuration: string | undefined;
  /** What is told, as JSON. Empty: it named a player who has been erased, and is not told. */
  readonly data: string;
};

export type NoticeLog = EventLog<Notice>;

export const createNoticeLog: (notices?: readonly Notice[], lastNumber?: number) => NoticeLog = createEventLog;

/** Tells of the party as it stands after its last change. */
export function tellParty(state: MatcherState, party: Party, at: Times): void {
  const { partyId, version } = party;
  const data = JSON.stringify({ party: describeParty(party) });
  tell(
    state,
    { type: "PARTY_CHANGED", subject: `party.${partyId}`, place: version, configuration: undefined, data },
    at,
  );
}

/** Tells of the request. Each is a subject of its own: its id may come again, and be refused again. */
export function tellDuplicate(state: MatcherState, fact: Fact<"duplicate-noted">, at: Times): MatcherState {
  const { ticketId, configuration, playerIds, outcome, reason, playerId, heldBy } = fact;
  const players = playerIds.map((id) => ({ playerId: id }));
  const data = JSON.stringify({ duplicate: { ticketId, players, outcome, reason, playerId, heldBy } });
  const subject = `duplicate.${ticketId}.${state.notices.last + 1}`;
  tell(state, { type: "TICKET_DUPLICATE", subject, place: 1, configuration, data }, at);
  return state;
}

/** Keeps the numbers of those that name the player, and nothing else. */
export function eraseFromNotices({ notices }: MatcherState, playerId: PlayerId): void {
  const named = `"playerId":${JSON.stringify(playerId)}`;
  notices.replace((notice) => (notice.data.includes(named) ? { ...notice, data: "" } : notice));
}

function tell(
  { notices }: MatcherState,
  notice: Omit<Notice, "number" | "sequence" | "atMs" | "atWallMs">,
  { sequence, atMs, atWallMs }: Times,
): void {
  notices.forget(atMs - SESSION_EVENTS_KEPT_MS);
  notices.append((number) => ({ ...notice, number, sequence, atMs, atWallMs }));
}

/** Without what members bring, which its backend knows. Every player stands under `playerId`: what is erased is looked for there. */
function describeParty({
  partyId,
  version,
  leaderId,
  members,
  membersMax,
  isOpen,
  properties,
  offers,
  lastChange,
}: Party) {
  const about = lastChange.playerId === undefined ? {} : { playerId: lastChange.playerId };
  return {
    partyId,
    version,
    change: { type: lastChange.type, ...about },
    ...(leaderId === undefined ? {} : { leader: { playerId: leaderId } }),
    members: members.map(({ playerId }) => ({ playerId })),
    membersMax,
    open: isOpen,
    properties,
    offers: offers.map(({ kind, player, expiresAtWallMs }) => {
      return { kind, playerId: player.playerId, expiresAt: new Date(expiresAtWallMs).toISOString() };
    }),
  };
}
