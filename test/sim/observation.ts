// What the simulation sees of the world, one event after the other: the only input of checkers, of the model and of goals.
// The world makes them, nobody else; what is not here, no checker can judge.
import type { MatcherFact } from "@muster/matcher/testing";
import type { FleetFact } from "@muster/mock-fleet/testing";
import type { WatchPlacementsResponse, WatchSessionsResponse } from "@muster/proto/fleet";
import type { WatchTicketsResponse } from "@muster/proto/matchmaking";

/** Whoever writes a journal. */
export type ServiceName = "matcher" | "fleet";

/** What a caller was told. Of an `unknown` call the effect may or may not have come about: the word is the reason. */
export type Outcome =
  | { readonly ok: unknown }
  | { readonly refused: string; readonly text: string; readonly metadata: Readonly<Record<string, string>> }
  | { readonly unknown: string };

export type Happening =
  /**
   * A fact became durable in a journal: seen when the disk has it, in the order of its sequence, also if the writer died
   * before it heard. Facts that only a later owner finds when it opens the journal are told before its `acquired`.
   */
  | {
      readonly type: "matcher-fact";
      readonly sequence: number;
      readonly epoch: number;
      readonly journalMs: number;
      readonly wallMs: number;
      readonly fact: MatcherFact;
    }
  | {
      readonly type: "fleet-fact";
      readonly sequence: number;
      readonly epoch: number;
      readonly journalMs: number;
      readonly fact: FleetFact;
    }
  /** A run of a service owns its journal from now on, and has read it up to `lastSequence`. */
  | {
      readonly type: "acquired";
      readonly service: ServiceName;
      readonly epoch: number;
      readonly firstSequence: number;
      readonly lastSequence: number;
    }
  /** The journal refused an append; `reason` as the port names it: EPOCH_STALE, JOURNAL_FULL, JOURNAL_FAILED … */
  | { readonly type: "append-refused"; readonly service: ServiceName; readonly epoch: number; readonly reason: string }
  /** A snapshot became durable. */
  | {
      readonly type: "snapshot";
      readonly service: ServiceName;
      readonly epoch: number;
      readonly sequence: number;
      /** All chunks, one after the other. */
      readonly bytes: Uint8Array;
    }
  /** Records before `firstSequence` are gone. */
  | { readonly type: "compacted"; readonly service: ServiceName; readonly firstSequence: number }
  /** A reader's place in the journal; undefined: it gave it up. */
  | {
      readonly type: "cursor";
      readonly service: ServiceName;
      readonly name: string;
      readonly sequence: number | undefined;
    }
  /**
   * Somebody starts a call. `method` is the contract's name as clients spell it (`startMatching`), `request` its message.
   * `caller` is one who remembers what it was told: a backend, an operator, a game of a process.
   */
  | {
      readonly type: "call";
      readonly callId: number;
      readonly caller: string;
      readonly method: string;
      readonly request: unknown;
    }
  /** Exactly one a call, unless the caller died. `ok` is the contract's response message. */
  | { readonly type: "answer"; readonly callId: number; readonly outcome: Outcome }
  /** A watcher of tickets opened its stream, from the token that it held; "": from now on, or anew. */
  | {
      readonly type: "ticket-watch";
      readonly watcher: string;
      readonly resumeToken: string;
      /** Whom it watches; empty: all tickets. One watcher watches the same for ever. */
      readonly ticketIds: readonly string[];
      /** Whose tickets it watches. Undefined: of anybody. */
      readonly playerId?: string | undefined;
      /** It is nobody's presence. */
      readonly onlooker?: boolean | undefined;
    }
  | { readonly type: "ticket-event"; readonly watcher: string; readonly event: WatchTicketsResponse }
  /** A watcher of the fleet's feed opened its stream. */
  | { readonly type: "session-watch"; readonly watcher: string; readonly resumeToken: string }
  | { readonly type: "session-event"; readonly watcher: string; readonly event: WatchSessionsResponse }
  /** A watcher of placements opened its stream. */
  | { readonly type: "placement-watch"; readonly watcher: string; readonly resumeToken: string }
  | { readonly type: "placement-event"; readonly watcher: string; readonly event: WatchPlacementsResponse }
  /** A stream ended: `reason` as for calls. The watcher may open it again. */
  | { readonly type: "watch-ended"; readonly watcher: string; readonly reason: string }
  /** The matcher pushed events to a target, which took all of them or none. */
  | {
      readonly type: "events-pushed";
      readonly target: string;
      readonly webhookId: string;
      readonly events: readonly PushedEvent[];
      readonly isTaken: boolean;
    }
  /** The matcher asked the hook, which answered so; "none": it was silent, or failed. */
  | {
      readonly type: "hook-asked";
      readonly question: "beforeTicket" | "matched";
      /** The same for every repeat of the question. */
      readonly id: string;
      readonly body: string;
      /** Id of the ticket or match. */
      readonly subject: string;
      readonly answer: "ADMIT" | "REFUSE" | "none";
    }
  /** The SDK of a game was asked whether newcomers may come. */
  | {
      readonly type: "fill-proposed";
      readonly node: string;
      readonly fillId: string;
      readonly battleSessionId: string;
      readonly playerIds: readonly string[];
    }
  /** The SDK called the game. */
  | { readonly type: "game-heard"; readonly node: string; readonly heard: GameHeard }
  /**
   * A service, sidecar or game began or ended a life: "start", "kill -9", "power cut", "crash", "exit 0", "pause", "resume",
   * "fatal". `processId`: of a server process whose sidecar and game it is.
   */
  | {
      readonly type: "life";
      readonly node: string;
      readonly how: string;
      readonly service?: ServiceName | undefined;
      readonly processId?: string | undefined;
    }
  /** Something was done to network, disk or clock; names as test/sim/README.md lists them. */
  | { readonly type: "fault"; readonly name: string; readonly detail: string }
  /** A service, sidecar or SDK printed a line. */
  | { readonly type: "log"; readonly node: string; readonly text: string }
  /** How much of something is held now, and the most that may be held once all is quiet (L-BOUNDED). */
  | { readonly type: "gauge"; readonly name: string; readonly value: number; readonly quietMax: number }
  /** The world is healed and nothing fails from here on: liveness is demanded. */
  | { readonly type: "healed" }
  /** The run is over. After `healed` it comes once all is quiet. */
  | { readonly type: "end" };

/** As a target reads it. */
export type PushedEvent = {
  readonly id: string;
  readonly type: string;
  readonly number: number;
  readonly data: {
    readonly ticket?: { readonly ticketId: string; readonly version: number; readonly state: string };
    readonly session?: { readonly battleSessionId: string };
    readonly party?: { readonly partyId: string; readonly version: number };
    readonly duplicate?: { readonly ticketId: string; readonly outcome: string; readonly heldBy: string };
  };
  /** All of it that may not differ between repeats. */
  readonly text: string;
};

/** A call of the SDK into the game. */
export type GameHeard =
  | { readonly type: "start" | "update"; readonly session: HeardSession; readonly reason?: string | undefined }
  | { readonly type: "terminate"; readonly reason: string }
  /** Its `approveFill` was asked, and said so; undefined: it threw. */
  | {
      readonly type: "approve";
      readonly battleSessionId: string;
      readonly playerIds: readonly string[];
      readonly said: boolean | undefined;
    }
  | { readonly type: "health" };

/** A battle session as the SDK hands it to the game. */
export type HeardSession = {
  readonly battleSessionId: string;
  readonly revision: number;
  readonly players: readonly { readonly playerSessionId: string; readonly team: string | undefined }[];
};

/** One thing that was seen. `atMs`: sim time in ms. */
export type Observation = { readonly atMs: number } & Happening;
