// The sidecar's part of the traces of tickets: how long a battle took to start and to load, how long newcomers were under way to the
// game, how long a player stood at the door. Where each belongs the fleet says; a sidecar draws no trace of its own.
import type { Clock } from "@muster/kit";
import { readTraceparent, type SpanPlace, spanUnder, type Tracer } from "@muster/kit/trace";
import { MusterError, type PlayerSession, type SessionChange } from "@muster/proto";

export interface SidecarTrace {
  /** The fleet has handed the battle over. A repeat changes nothing. */
  starting(battleSessionId: string, traceparents: readonly string[]): void;
  /** Carries out `activate`, which tells the fleet that the game has loaded the battle. */
  activating<Result>(battleSessionId: string, activate: () => Promise<Result>): Promise<Result>;
  /** A change has come that the game is to hear of. */
  changed(change: Pick<SessionChange, "battleSessionId" | "revision" | "added">): void;
  /** The game's side has taken everything of the session up to this revision. */
  taken(battleSessionId: string, revision: number): void;
  /** Carries out `accept`, by which the player of the seat is let in. */
  accepting<Result>(attempt: AcceptAttempt, accept: () => Promise<Result>): Promise<Result>;
  /** Nothing more is told of the session. */
  forget(battleSessionId: string): void;
}

export type AcceptAttempt = {
  readonly requestId: string;
  /** As the sidecar knows it. Undefined: it does not. */
  readonly seat: Pick<PlayerSession, "traceparent"> | undefined;
  /** Who answers: "SIDECAR" while the fleet is away. */
  readonly answeredBy: "FLEET" | "SIDECAR";
};

export type SidecarTraceOptions = {
  readonly tracer: Tracer;
  readonly clock: Pick<Clock, "wallMs">;
  /** Attributes of every span. */
  readonly about: { readonly processId: string; readonly fleet: string };
};

/** Newcomers of a session who are under way to the game, at most: more are not told of. */
const UNDER_WAY_MAX = 1_000;

type Starting = { readonly parents: readonly SpanPlace[]; readonly startMs: number };
type UnderWay = { readonly parent: SpanPlace; readonly revision: number; readonly startMs: number };

/** Knows nothing yet. */
export function createSidecarTrace({ tracer, clock, about }: SidecarTraceOptions): SidecarTrace {
  const starts = new Map<string, Starting>();
  const underWay = new Map<string, readonly UnderWay[]>();
  const common = { "muster.process_id": about.processId, "muster.fleet": about.fleet };

  return {
    starting(battleSessionId, traceparents) {
      const parents = traceparents.flatMap((text) => readTraceparent(text) ?? []);
      if (parents.length === 0 || starts.has(battleSessionId)) return;
      starts.set(battleSessionId, { parents, startMs: clock.wallMs() });
    },
    async activating(battleSessionId, activate) {
      const askedMs = clock.wallMs();
      const done = (error?: string) => {
        const start = starts.get(battleSessionId);
        if (!start) return;
        const attributes = { ...common, "muster.battle_session_id": battleSessionId };
        const whole = { startMs: start.startMs, endMs: clock.wallMs(), attributes, error };
        for (const parent of start.parents) {
          const activation = spanUnder(parent, { name: "activate battle session", key: battleSessionId, ...whole });
          tracer.add(activation);
          tracer.add(
            spanUnder(activation, { name: "load battle session", ...whole, endMs: askedMs, error: undefined }),
          );
        }
        // Refused, it may be asked for again.
        if (error === undefined) starts.delete(battleSessionId);
      };
      return await told(activate, done);
    },
    changed({ battleSessionId, revision, added }) {
      const startMs = clock.wallMs();
      const more = added.flatMap(({ traceparent = "" }) => {
        const parent = readTraceparent(traceparent);
        return parent ? [{ parent, revision, startMs }] : [];
      });
      if (more.length === 0) return;
      underWay.set(battleSessionId, [...(underWay.get(battleSessionId) ?? []), ...more].slice(-UNDER_WAY_MAX));
    },
    taken(battleSessionId, revision) {
      const waiting = underWay.get(battleSessionId);
      if (!waiting) return;
      const endMs = clock.wallMs();
      const attributes = { ...common, "muster.battle_session_id": battleSessionId };
      for (const { parent, startMs, revision: at } of waiting) {
        if (at <= revision) tracer.add(spanUnder(parent, { name: "announce player", startMs, endMs, attributes }));
      }
      const rest = waiting.filter(({ revision: at }) => at > revision);
      if (rest.length > 0) underWay.set(battleSessionId, rest);
      else underWay.delete(battleSessionId);
    },
    async accepting({ requestId, seat, answeredBy }, accept) {
      const parent = readTraceparent(seat?.traceparent ?? "");
      if (!parent) return await accept();
      const startMs = clock.wallMs();
      return await told(accept, (error) => {
        const attributes = { ...common, "muster.answered_by": answeredBy };
        const times = { startMs, endMs: clock.wallMs() };
        tracer.add(spanUnder(parent, { name: "admit player", key: requestId, ...times, attributes, error }));
      });
    },
    forget(battleSessionId) {
      starts.delete(battleSessionId);
      underWay.delete(battleSessionId);
    },
  };
}

/** Carries it out, and tells `done` how it went. */
async function told<Result>(work: () => Promise<Result>, done: (error?: string) => void): Promise<Result> {
  try {
    const result = await work();
    done();
    return result;
  } catch (error) {
    done(error instanceof MusterError ? error.reason : "INTERNAL_FAULT");
    throw error;
  }
}
