// Ears on both sides of a guard: who comes, who is let through and as whom, what they are told.
import { MusterError } from "@muster/proto";
import type { CallContext, Implementation } from "@muster/proto/rpc";
import type { Seen, Visit } from "./seen.ts";

type NewSeen = Seen extends infer One ? (One extends Seen ? Omit<One, "atMs"> : never) : never;
export type See = (seen: NewSeen) => void;

type AnyHandler = Implementation["handlers"][string];
type Wrapped = (name: string, isStream: boolean, handler: AnyHandler) => AnyHandler;

/** The guarded services, heard before and behind the guard. `guard` is what stands between. */
export function hearAtDoor(
  services: readonly Implementation[],
  guard: (services: readonly Implementation[]) => readonly Implementation[],
  see: See,
): readonly Implementation[] {
  const visits = new Map<string, Visit>();
  let count = 0;
  const behind: Wrapped = (_name, _isStream, handler) => (request: unknown, context: CallContext) => {
    const visit = visits.get(context.peer);
    if (visit) see({ type: "reached", visit, role: context.caller?.role, project: context.caller?.project });
    return handler(request, context) as unknown;
  };
  const arrive = (method: string, isStream: boolean, request: unknown, context: CallContext): Visit => {
    count += 1;
    const visit = { id: `visit${count}`, key: context.token, says: context.project, method, isStream, request };
    visits.set(visit.id, visit);
    see({ type: "arrived", visit });
    return visit;
  };
  const leave = (visit: Visit, error?: unknown) => {
    if (!visits.delete(visit.id)) return;
    const isRefusal = error instanceof MusterError;
    if (error !== undefined && !isRefusal) throw error;
    see({ type: "left", visit, reason: error?.reason, metadata: error?.metadata ?? {} });
  };
  const before: Wrapped = (name, isStream, handler) => {
    if (isStream) {
      return async function* (request: unknown, context: CallContext) {
        const visit = arrive(name, true, request, context);
        try {
          for await (const message of handler(request, { ...context, peer: visit.id }) as AsyncIterable<unknown>) {
            see({ type: "told", visit, message });
            yield message;
          }
        } catch (error) {
          leave(visit, error);
          throw error;
        } finally {
          leave(visit);
        }
      };
    }
    return async (request: unknown, context: CallContext) => {
      const visit = arrive(name, false, request, context);
      try {
        const message: unknown = await handler(request, { ...context, peer: visit.id });
        see({ type: "told", visit, message });
        leave(visit);
        return message;
      } catch (error) {
        leave(visit, error);
        throw error;
      }
    };
  };
  return wrap(guard(wrap(services, behind)), before);
}

function wrap(services: readonly Implementation[], wrapped: Wrapped): readonly Implementation[] {
  return services.map((service) => ({
    ...service,
    handlers: Object.fromEntries(
      Object.entries(service.handlers).map(([name, handler]) => {
        const method = service.definition.methods[name];
        return [name, wrapped(name, method?.requestStream === true || method?.responseStream === true, handler)];
      }),
    ),
  }));
}
