// What the game hears: one stream at a time, opened by its SDK, caught up by revision, cut off rather than waited for.
import { type Channel, createChannel } from "@muster/kit";
import { MusterError, type SessionChange, writeBattleSession, writeSessionChange } from "@muster/proto";
import type { CallContext } from "@muster/proto/rpc";
import type { WatchRequest, WatchResponse } from "@muster/proto/sdk";
import { type BookedSession, catchUp } from "./core/session-book.ts";

/** Messages that a game may leave unread before it is cut off; it comes back and resumes. */
const UNREAD_MAX = 1_024;
/** Seats that they may speak of: changes of a lobby of thousands are not small. */
const UNREAD_SEATS_MAX = 50_000;
/** Characters of an SDK's name, version and language that a log shows. */
const SDK_CHARS_MAX = 64;

type Event = NonNullable<WatchResponse["event"]>;

export interface GameWatch {
  /** A game is listening. */
  readonly open: boolean;
  /** The handler of the RPC. */
  watch(request: WatchRequest, context: CallContext): AsyncIterable<WatchResponse>;
  /** A session for the game to load, or one that must replace what it knew. */
  sendSession(booked: BookedSession, known: boolean): void;
  sendChange(change: SessionChange): void;
  /** Sends something of the moment; nobody hears it later. False if nobody listens. */
  send(event: Event): boolean;
  close(): void;
}

export type GameWatchOptions = {
  readonly processId: string;
  readonly version: string;
  readonly features: readonly string[];
  /** A game listens, by this SDK. */
  readonly onOpened: (sdk: { readonly sdk: string; readonly version: string; readonly language: string }) => void;
  /** The sessions as they stand. Resolves once the fleet has said which these are. */
  readonly book: () => Promise<ReadonlyMap<string, BookedSession>>;
  readonly healthSuspended: () => boolean;
  /** What still holds and must be said to a game that listens anew: a pending end. */
  readonly standing: () => readonly Event[];
  /** The game's side has taken the session up to this revision. */
  readonly onTaken: (battleSessionId: string, revision: number) => void;
};

type Stream = {
  readonly events: Channel<Event>;
  /** In the messages that are unread. */
  unreadSeats: number;
  /** What it began with does not count: that is no more than the sidecar keeps anyway. */
  unreadSeatsMax: number;
};

/** No game listens yet. */
export function createGameWatch(options: GameWatchOptions): GameWatch {
  let current: Stream | undefined;

  const send = (event: Event) => {
    if (!current || current.events.closed) return false;
    if (current.events.size >= UNREAD_MAX || current.unreadSeats > current.unreadSeatsMax) {
      const why = `Cannot send more as the game has ${current.events.size} messages unread: watch again to go on`;
      current.events.cut(new MusterError("OVERLOADED", why, { metadata: { limit: String(UNREAD_MAX) } }));
      return false;
    }
    current.unreadSeats += seatsIn(event);
    return current.events.push(event);
  };

  return {
    get open() {
      return current !== undefined && !current.events.closed;
    },
    async *watch(request, context) {
      const known = new Map(Object.entries(request.resumeAfter));
      const book = await options.book();
      // A caller that left meanwhile must not end the watch of the one that is here.
      if (context.signal.aborted) return;
      const successor = "Cannot go on with this watch as the process opened another one";
      current?.events.cut(new MusterError("PHASE_CONFLICT", successor, { metadata: { phase: "WATCHED_ELSEWHERE" } }));
      const events = createChannel<Event>();
      const stream: Stream = { events, unreadSeats: 0, unreadSeatsMax: UNREAD_SEATS_MAX };
      current = stream;
      context.signal.addEventListener("abort", () => events.close(), { once: true });
      options.onOpened({
        sdk: request.sdkName.slice(0, SDK_CHARS_MAX),
        version: request.sdkVersion.slice(0, SDK_CHARS_MAX),
        language: request.sdkLanguage.slice(0, SDK_CHARS_MAX),
      });

      events.push({
        $case: "opened",
        value: {
          sidecarVersion: options.version,
          features: [...options.features],
          processId: options.processId,
          healthSuspended: options.healthSuspended(),
          endedBattleSessionIds: [...known.keys()].filter((id) => !book.has(id)),
        },
      });
      for (const booked of book.values()) {
        const missed = catchUp(booked, known.get(booked.session.battleSessionId));
        for (const event of writeCatchUp(missed)) {
          stream.unreadSeats += seatsIn(event);
          events.push(event);
        }
      }
      for (const event of options.standing()) events.push(event);
      stream.unreadSeatsMax += stream.unreadSeats;

      for await (const event of events) {
        stream.unreadSeats -= seatsIn(event);
        yield { event };
        const taken = readTaken(event);
        if (taken) options.onTaken(taken.battleSessionId, taken.revision);
      }
    },
    sendSession(booked, known) {
      const type = known || booked.session.state !== "ACTIVATING" ? "snapshot" : "start";
      for (const event of writeCatchUp({ type, booked })) send(event);
    },
    sendChange: (change) => void send({ $case: "battleSessionUpdated", value: writeSessionChange(change) }),
    send,
    close: () => current?.events.close(),
  };
}

/** How many seats a message speaks of: most of what it weighs. */
function seatsIn(event: Event): number {
  switch (event.$case) {
    case "battleSessionUpdated":
      return event.value.added.length + event.value.updated.length + event.value.removed.length;
    case "startBattleSession":
    case "sessionSnapshot":
      return event.value.session?.playerSessions.length ?? 0;
    case "fillProposed":
      return event.value.newcomers.length;
    default:
      return 0;
  }
}

function writeCatchUp(missed: ReturnType<typeof catchUp>): readonly Event[] {
  switch (missed.type) {
    case "changes":
      return missed.changes.map((change) => ({ $case: "battleSessionUpdated", value: writeSessionChange(change) }));
    case "start": {
      const { session, activateByMs } = missed.booked;
      const activateBy = new Date(activateByMs);
      return [{ $case: "startBattleSession", value: { session: writeBattleSession(session), activateBy } }];
    }
    case "snapshot":
      return [{ $case: "sessionSnapshot", value: { session: writeBattleSession(missed.booked.session) } }];
  }
}

function readTaken(event: Event): { battleSessionId: string; revision: number } | undefined {
  switch (event.$case) {
    case "battleSessionUpdated":
      return event.value;
    case "startBattleSession":
    case "sessionSnapshot":
      return event.value.session;
    default:
      return undefined;
  }
}
