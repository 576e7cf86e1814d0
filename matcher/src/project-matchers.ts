// Tenants of one matcher process: a whole matcher each, with its own core, its own partitions of the journal and its own name at the
// fleet. A call reaches the one of its caller's project and can name nothing of another: there is no state in which both stand.
import { MusterError } from "@muster/proto";
import {
  type CallContext,
  type Implementation,
  type MethodDefinition,
  PROJECT_ALL,
  PROJECT_DEFAULT,
} from "@muster/proto/rpc";
import type { Matcher } from "./matcher.ts";

/** By project; the default one is always there. */
export type ProjectMatchers = ReadonlyMap<string, Pick<Matcher, "services" | "knowsSession">>;

/**
 * The services of all of them as one. Who is known by a session's capability alone, as sidecars are, reaches the project whose
 * session it is; what the capability is worth is for that matcher to judge.
 */
export function routeProjects(matchers: ProjectMatchers): readonly Implementation[] {
  const first = matchers.get(PROJECT_DEFAULT);
  if (!first || matchers.size === 1) return first?.services ?? [];
  return first.services.map(({ definition, resumes }, index) => ({
    definition,
    ...(resumes && { resumes }),
    handlers: Object.fromEntries(
      Object.entries(definition.methods).map(([name, method]) => {
        const handlerFor = (request: unknown, context: CallContext) => {
          const matcher = matcherFor(matchers, isUnary(method) ? request : undefined, context);
          return matcher.services[index]?.handlers[name]?.(request, context) as unknown;
        };
        if (method.requestStream || method.responseStream) return [name, handlerFor];
        return [name, async (request: unknown, context: CallContext) => await handlerFor(request, context)];
      }),
    ),
  }));
}

function isUnary({ requestStream, responseStream }: MethodDefinition): boolean {
  return !requestStream && !responseStream;
}

type AboutSession = { readonly battleSessionId?: string; readonly capability?: string };

function matcherFor(matchers: ProjectMatchers, request: unknown, { caller }: CallContext) {
  const { battleSessionId, capability } = (request ?? {}) as AboutSession;
  if (capability && battleSessionId && caller?.role === "GAME_SERVER") {
    for (const matcher of matchers.values()) if (matcher.knowsSession(battleSessionId)) return matcher;
  }
  // Who may speak for all and says for none means those who have none.
  const project = caller?.project === PROJECT_ALL ? PROJECT_DEFAULT : (caller?.project ?? PROJECT_DEFAULT);
  const matcher = matchers.get(project);
  if (matcher) return matcher;
  const why = `Cannot take the call as this matcher has no project ${project}: it was told of it after its start`;
  throw new MusterError("NOT_PERMITTED", why, { metadata: { project } });
}

/** How a project's partition of the journal is called, and its matcher at the fleet: as without projects for the default one. */
export function nameOfProject(base: string, project: string): string {
  return project === PROJECT_DEFAULT ? base : `${base}.${project}`;
}
