// The one place that every call passes before its handler, whichever adapter brought it: who calls, may they, how often, and is
// there room. Health is not among the services that are guarded: it answers whoever asks, however much is going on.
import { type Clock, invariant } from "@muster/kit";
import { limits, MusterError } from "@muster/proto";
import {
  attendStream,
  type CallContext,
  type Caller,
  type Implementation,
  type MethodDefinition,
  methodPath,
  PROJECT_ALL,
  PROJECT_DEFAULT,
  PROJECT_HEADER,
  PROJECT_NAME,
} from "@muster/proto/rpc";
import type { Log } from "../log.ts";
import { EnteredContext } from "./entered-context.ts";
import type { Keyring, KnownCaller } from "./keyring.ts";
import { type Right, rights } from "./rights.ts";
import { createTokenBuckets } from "./token-buckets.ts";

/** When a caller that was turned away for want of room should come again, in ms. */
const ROOM_RETRY_MS = 200;

export type GuardOptions = {
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  /** Default `CALLS_OPEN_MAX` and `STREAMS_OPEN_MAX`. */
  readonly callsMax?: number;
  readonly streamsMax?: number;
};

/** Who everybody is where nobody is asked. */
const ANYBODY: Caller = { name: "anybody", role: "OPERATOR", project: PROJECT_ALL };
/** A session's own game server, known by what its request carries. */
const SESSION_HOLDER: Caller = { name: "", role: "GAME_SERVER", project: undefined };

/**
 * The same services, each call checked. A call that is refused has not reached its handler: nothing was read, decided or written.
 * Reasons: CREDENTIALS_INVALID, NOT_PERMITTED, ID_MALFORMED for a project that is none, OVERLOADED with `retryAfterMs` in its metadata.
 *
 * @throws {Error} for a method that the table of rights does not have.
 */
export function guardServices(services: readonly Implementation[], options: GuardOptions): readonly Implementation[] {
  const gate = createGate(options);
  return services.map(({ definition, handlers, resumes }) => ({
    definition,
    ...(resumes && { resumes }),
    handlers: Object.fromEntries(
      Object.entries(definition.methods).map(([name, method]) => {
        const path = methodPath(definition, method);
        const right = rights.get(path);
        const handler = handlers[name];
        invariant(right && handler, `${path} has a right and a handler`);
        return [
          name,
          guardHandler(method, handler, (request, context) => gate({ path, right, method }, request, context)),
        ];
      }),
    ),
  }));
}

type Known = { readonly known: KnownCaller | undefined; readonly project: string | undefined };
type AnyHandler = Implementation["handlers"][string];
type Entered = { readonly context: CallContext; readonly leave: () => void };
type Gate = (asked: Asked, request: unknown, context: CallContext) => Entered;
type Asked = { readonly path: string; readonly right: Right; readonly method: MethodDefinition };

function guardHandler(
  { requestStream, responseStream }: MethodDefinition,
  handler: AnyHandler,
  enter: (request: unknown, context: CallContext) => Entered,
): AnyHandler {
  if (requestStream || responseStream) {
    return (request: unknown, context: CallContext) =>
      attendStream((atEnd) => {
        const entered = enter(requestStream ? undefined : request, context);
        atEnd(entered.leave);
        return handler(request, entered.context) as AsyncIterable<unknown>;
      });
  }
  return async (request: unknown, context: CallContext) => {
    const entered = enter(request, context);
    try {
      return await handler(request, entered.context);
    } finally {
      entered.leave();
    }
  };
}

function createGate({
  keyring,
  clock,
  log,
  callsMax = limits.CALLS_OPEN_MAX,
  streamsMax = limits.STREAMS_OPEN_MAX,
}: GuardOptions): Gate {
  const ofKeys = createTokenBuckets();
  const ofPlayers = createTokenBuckets();
  const open = { calls: 0, streams: 0 };
  const leaving = (lane: keyof typeof open) => () => {
    open[lane] -= 1;
  };
  /** One for all: each open stream keeps it. */
  const leave = { calls: leaving("calls"), streams: leaving("streams") };

  const checkRates = ({ path, right }: Asked, request: unknown, { known, project }: Known) => {
    const nowMs = clock.nowMs();
    if (known?.rate) {
      const waitMs = ofKeys.take(`${known.caller.project}/${known.caller.name}`, known.rate, nowMs);
      if (waitMs > 0)
        throw tooOften(path, `the key of ${known.caller.name}`, { waitMs, perSecond: known.rate.perSecond });
    }
    if (!keyring.perPlayer || !right.playersOf) return;
    const refusal = admitPlayers(path, right.playersOf(request as never), project);
    if (refusal) throw refusal;
  };
  const admitPlayers = (path: string, playerIds: readonly string[], project: string | undefined) => {
    const { perPlayer } = keyring;
    if (!perPlayer) return undefined;
    const nowMs = clock.nowMs();
    const whose = project === PROJECT_ALL ? PROJECT_DEFAULT : project;
    for (const playerId of new Set(playerIds)) {
      const waitMs = ofPlayers.take(`${whose}/${playerId}`, perPlayer, nowMs);
      if (waitMs > 0) return tooOften(path, "one of its players", { waitMs, perSecond: perPlayer.perSecond });
    }
    return undefined;
  };

  /** Takes a place, if there is one. Whoever serves and matches has places of their own: they keep battles going. */
  const takePlace = ({ path, method }: Asked, { role }: Caller): (() => void) => {
    const isStream = method.requestStream || method.responseStream;
    if (role === "GAME_SERVER" || role === "MATCHER") return leaveNothing;
    const lane = isStream ? "streams" : "calls";
    const max = isStream ? streamsMax : callsMax;
    if (open[lane] >= max) {
      const why = `Cannot take ${path} as at most ${max} ${lane} are open at once: come again`;
      throw new MusterError("OVERLOADED", why, {
        metadata: { limit: String(max), retryAfterMs: String(ROOM_RETRY_MS) },
      });
    }
    open[lane] += 1;
    return leave[lane];
  };

  return (asked, request, context) => {
    const { path, right } = asked;
    const known = keyring.isOpen ? undefined : keyring.find(context);
    const caller = inProject(keyring.isOpen ? ANYBODY : callerOf(asked, request, known), asked, context);
    checkRates(asked, request, { known, project: caller.project });
    const leavePlace = takePlace(asked, caller);
    if (right.kind === "CONTROL" && !keyring.isOpen) {
      log.info({ caller: caller.name, project: caller.project, path, peer: context.peer }, "An operator's call");
    }
    const admits: CallContext["admitPlayers"] =
      right.admitsEach === true ? (playerIds) => admitPlayers(path, playerIds, caller.project) : undefined;
    return { context: new EnteredContext(context, { known, caller, admitPlayers: admits }), leave: leavePlace };
  };
}

function leaveNothing(): void {
  // It took no place.
}

/** @throws {MusterError} CREDENTIALS_INVALID if nothing tells who calls, NOT_PERMITTED if they may not. */
function callerOf({ path, right }: Asked, request: unknown, known: KnownCaller | undefined): Caller {
  if (known && right.roles.includes(known.caller.role)) return known.caller;
  const { provenBy } = right;
  const isProven = provenBy === "STREAM" || provenBy?.(request as never) === true;
  if (isProven && (known === undefined || known.caller.role === "GAME_SERVER")) return SESSION_HOLDER;
  if (!known) {
    throw new MusterError("CREDENTIALS_INVALID", `Cannot take ${path} as it asks for a key: the call has none`);
  }
  const { name, role } = known.caller;
  const why = `Cannot take ${path} as it is for ${right.roles.join(", ")}: ${name} is ${role}`;
  throw new MusterError("NOT_PERMITTED", why, { metadata: { role } });
}

/** The caller in the project that the call names. @throws {MusterError} NOT_PERMITTED if it is another's; ID_MALFORMED. */
function inProject(caller: Caller, { path }: Asked, { project }: CallContext): Caller {
  if (project === undefined || caller.project === undefined) return caller;
  if (project !== PROJECT_ALL && !PROJECT_NAME.test(project)) {
    const why = `Cannot read ${PROJECT_HEADER} as 1 to 32 of A-Z a-z 0-9 _ -: it is ${JSON.stringify(project.slice(0, 64))}`;
    throw new MusterError("ID_MALFORMED", why, { metadata: { field: PROJECT_HEADER } });
  }
  if (caller.project === project) return caller;
  if (caller.project === PROJECT_ALL) return { ...caller, project };
  const why = `Cannot take ${path} in project ${project} as ${caller.name} is of one: ${caller.project}`;
  throw new MusterError("NOT_PERMITTED", why, { metadata: { project } });
}

function tooOften(
  path: string,
  who: string,
  { waitMs, perSecond }: { readonly waitMs: number; readonly perSecond: number },
): MusterError {
  const why = `Cannot take ${path} as ${who} may call ${perSecond} times a second: come again in ${waitMs} ms`;
  return new MusterError("OVERLOADED", why, { metadata: { limit: String(perSecond), retryAfterMs: String(waitMs) } });
}
