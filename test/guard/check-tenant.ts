// X-TENANT: whoever calls is who the world says they are, may do what their role may, and reads and changes nothing of another project.
// Who may what is written down here once more, for the few calls that are made: what the guard reads is no witness.
import type { Role } from "@muster/proto/rpc";
import { BrokenPromise } from "../sim/checkers/checker.ts";
import type { GivenKey, Seen, Visit } from "./seen.ts";

const NAME = "X-TENANT";

const MAY: Readonly<Record<string, readonly Role[]>> = {
  startMatching: ["BACKEND", "OPERATOR"],
  cancelMatching: ["BACKEND", "OPERATOR"],
  describeMatchingProgress: ["BACKEND", "OPERATOR"],
  watchTickets: ["BACKEND", "OPERATOR"],
  listConfigurations: ["BACKEND", "MATCHER", "OPERATOR", "OBSERVER"],
  putConfiguration: ["OPERATOR"],
  describeBackfill: ["OPERATOR"],
};

/** What should become of a call: it goes to a project, "" for one that its session names; or why it is refused. */
export type Verdict = { readonly project: string; readonly role: Role } | { readonly refused: string };

/** By the keys that count. */
export function judge(keys: ReadonlyMap<string, GivenKey>, { key, says, method, request }: Visit): Verdict {
  const known = keys.get(key);
  if (!known && key !== "") return { refused: "CREDENTIALS_INVALID" };
  const allowed = MAY[method] ?? [];
  const hasCapability = capabilityOf(request) !== "";
  if (!known) return hasCapability ? { project: "", role: "GAME_SERVER" } : { refused: "CREDENTIALS_INVALID" };
  if (!allowed.includes(known.role)) {
    return hasCapability && known.role === "GAME_SERVER"
      ? { project: "", role: "GAME_SERVER" }
      : { refused: "NOT_PERMITTED" };
  }
  if (says !== undefined && known.project !== "*" && says !== known.project) return { refused: "NOT_PERMITTED" };
  const project = known.project === "*" ? (says ?? "default") : known.project;
  return { project, role: known.role };
}

function capabilityOf(request: unknown): string {
  const { capability = "" } = request as { readonly capability?: string };
  return capability;
}

export function createTenantChecker(): (seen: Seen) => void {
  let keys: ReadonlyMap<string, GivenKey> = new Map();
  const verdicts = new Map<string, Verdict>();
  const reached = new Map<string, Visit>();
  /** Calls that were let through, by what they may bring about. */
  const causes = new Set<string>();
  const broken = (why: string) => new BrokenPromise(NAME, why);

  const checkMessage = (visit: Visit, message: unknown) => {
    const verdict = verdicts.get(visit.id);
    const project = verdict && "project" in verdict ? verdict.project : undefined;
    for (const home of homesIn(message)) {
      if (home !== project) throw broken(`${visit.method} of project ${project} is told of a ticket of ${home}`);
    }
  };
  return (seen) => {
    switch (seen.type) {
      case "keys":
        keys = new Map(seen.keys.map((one) => [one.key, one]));
        return;
      case "arrived":
        verdicts.set(seen.visit.id, judge(keys, seen.visit));
        return;
      case "reached": {
        const verdict = verdicts.get(seen.visit.id);
        const { method } = seen.visit;
        if (!verdict || "refused" in verdict)
          throw broken(`${method} is let through, and should be ${verdict?.refused}`);
        const project = seen.project === "*" ? "default" : seen.project;
        if (verdict.project !== "" && project !== verdict.project) {
          throw broken(`${method} of project ${verdict.project} is let through as one of ${project}`);
        }
        if (seen.role !== verdict.role) throw broken(`${method} of ${verdict.role} is let through as of ${seen.role}`);
        reached.set(seen.visit.id, seen.visit);
        for (const cause of causesOf(seen.visit, verdict.project)) causes.add(cause);
        return;
      }
      case "told":
        return checkMessage(seen.visit, seen.message);
      case "left": {
        const verdict = verdicts.get(seen.visit.id);
        verdicts.delete(seen.visit.id);
        if (reached.delete(seen.visit.id) || !verdict) return;
        const should = "refused" in verdict ? verdict.refused : "OVERLOADED";
        if (seen.reason === should) return;
        // Whoever was called off before it began was told nothing.
        if (seen.reason === "CALL_CANCELLED") return;
        throw broken(`${seen.visit.method} is answered with ${seen.reason}, and should be with ${should}`);
      }
      case "fact": {
        const { fact, project } = seen;
        if (fact.type === "ticket-created") {
          for (const { attributes } of fact.players) {
            if (attributes.home !== project) throw broken(`a ticket of ${attributes.home} is made in ${project}`);
          }
          if (!causes.has(`start ${project} ${fact.ticketId}`))
            throw broken(`${fact.ticketId} is made in ${project}: by nobody`);
        }
        if (
          fact.type === "ticket-cancelled" &&
          fact.cause === undefined &&
          !causes.has(`cancel ${project} ${fact.ticketId}`)
        ) {
          throw broken(`${fact.ticketId} of ${project} is cancelled, and nobody of it asked for that`);
        }
        if (fact.type === "configuration-put" && fact.filed === undefined && !causes.has(`put ${project}`)) {
          throw broken(`a configuration of ${project} is put, and no operator of it did so`);
        }
        return;
      }
      case "quiet":
        return;
    }
  };
}

function causesOf({ method, request }: Visit, project: string): readonly string[] {
  const { ticketId = "" } = request as { readonly ticketId?: string };
  if (method === "startMatching") return [`start ${project} ${ticketId}`];
  if (method === "cancelMatching") return [`cancel ${project} ${ticketId}`];
  return method === "putConfiguration" ? [`put ${project}`] : [];
}

/** Each player of a ticket carries where it was made. */
function homesIn(message: unknown): readonly unknown[] {
  if (typeof message !== "object" || message === null) return [];
  return Object.entries(message).flatMap(([name, value]) => (name === "home" ? [value] : homesIn(value)));
}
