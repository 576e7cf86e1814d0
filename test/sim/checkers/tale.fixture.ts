// A small world told by hand, for trying checkers: each method is something that happens, with what does not matter filled in.
import type { MatcherFact } from "@muster/matcher/testing";
import type { FleetFact } from "@muster/mock-fleet/testing";
import type { GameHeard, Happening, Outcome, ServiceName } from "../observation.ts";
import type { Checker } from "./checker.ts";

type Loose = Readonly<Record<string, unknown>>;

export const RULE_SET = JSON.stringify({
  version: "v1.0",
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 2, minQuantity: 1, maxQuantity: 1 })),
  rules: [{ name: "even", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
});
const TEAMS = ["red", "blue"].map((name) => ({ name, template: name, capacity: 2 }));

export interface Tale {
  nowMs: number;
  see(happening: Happening): void;
  matcher(fact: Loose, epoch?: number): void;
  fleet(fact: Loose, epoch?: number): void;
  acquired(service: ServiceName, more?: Loose): void;
  /** A ticket of `size` players named after it. */
  queue(ticketId: string, size?: number, more?: Loose): void;
  /** A match of red against blue. */
  match(red: readonly string[], blue: readonly string[], more?: Loose): void;
  /** A process that is ready, and a session on it with seats for the match's players. */
  process(processId?: string, more?: Loose): void;
  placement(more?: Loose): void;
  session(more?: Loose): void;
  activate(seats?: readonly Loose[], more?: Loose): void;
  /** The next change of the session. */
  change(more: Loose, fact?: Loose): void;
  placed(more?: Loose): void;
  call(method: string, request: Loose, outcome: Outcome, caller?: string): void;
  ticket(watcher: string, ticket: Loose, more?: Loose): void;
  /** Begins to watch all tickets from now on. */
  watch(watcher: string): void;
  heard(heard: Loose): void;
  /** The fleet records something, and again a moment later: deadlines that passed before are through. */
  later(): void;
  heal(): void;
  end(): void;
}

export function player(ticketId: string, index: number): string {
  return `${ticketId}.${index}`;
}

export function seat(ticketId: string, team: string, more: Loose = {}): Loose {
  const playerId = player(ticketId, 0);
  const base = { playerSessionId: `ps_${ticketId}_0123456789abcdef`, playerId, team, ticketId, state: "RESERVED" };
  return { ...base, attributes: {}, expiresAtMs: 60_000, ...more };
}

/** A tale for `checker` to listen to, of a matcher with one configuration. */
export function createTale(checker: Pick<Checker, "see">): Tale {
  const sequences = { matcher: 0, fleet: 0 };
  let revision = 1;
  let rosterVersion = 1;
  let calls = 0;
  /** What matches and fills are formed by, unless the tale says otherwise. */
  let [configurationVersion, ruleSetVersion] = [0, 0];
  let players: readonly Loose[] = [];
  const see = (happening: Happening) => checker.see({ atMs: tale.nowMs, ...happening });
  const append = (service: ServiceName, fact: Loose, epoch: number) => {
    sequences[service] += 1;
    const stamp = { sequence: sequences[service], epoch, journalMs: tale.nowMs };
    if (service === "fleet") see({ type: "fleet-fact", ...stamp, fact: fact as unknown as FleetFact });
    else see({ type: "matcher-fact", ...stamp, wallMs: tale.nowMs, fact: fact as unknown as MatcherFact });
  };
  const tale: Tale = {
    nowMs: 1_000,
    see,
    matcher(fact, epoch = 1) {
      if (fact.type === "configuration-put") configurationVersion += 1;
      if (fact.type === "rule-set-put") ruleSetVersion += 1;
      const formedBy = { configurationVersion, ruleSet: "arena", ruleSetVersion };
      if (fact.type === "match-formed")
        append("matcher", { ...fact, match: { formedBy, ...(fact.match as Loose) } }, epoch);
      else if (fact.type === "fill-decided") append("matcher", { formedBy, ...fact }, epoch);
      else append("matcher", fact, epoch);
    },
    fleet: (fact, epoch = 1) => append("fleet", fact, epoch),
    acquired(service, more = {}) {
      see({ type: "acquired", service, epoch: 1, firstSequence: 1, lastSequence: sequences[service], ...more });
    },
    queue(ticketId, size = 1, more = {}) {
      const members = Array.from({ length: size }, (_, index) => ({
        playerId: player(ticketId, index),
        attributes: {},
        latenciesMs: {},
        team: undefined,
      }));
      const base = { type: "ticket-created", ticketId, configuration: "arena", players: members, bodyDigest: "" };
      tale.matcher({ ...base, timesOutAtMs: tale.nowMs + 60_000, ...more });
    },
    match(red, blue, more = {}) {
      const sit = (team: string) => (ticketId: string) => ({ ticketId, playerId: player(ticketId, 0), team });
      players = [...red.map(sit("red")), ...blue.map(sit("blue"))];
      const base = { matchId: "match_1", configuration: "arena", queue: "arena", players, teams: TEAMS, capacity: 4 };
      const rest = {
        placementRetries: 2,
        backfillId: "bf_1",
        capabilityKey: new Uint8Array(),
        properties: {},
        data: "",
      };
      tale.matcher({ type: "match-formed", match: { ...base, ...rest, ...more } });
    },
    process(processId = "proc_1", more = {}) {
      const base = { type: "process-launched", processId, fleet: "eu", region: "eu", incarnation: 1 };
      tale.fleet({ ...base, secret: "key_0123456789abcdefghij", address: { host: "", ports: {} }, ...more });
      tale.fleet({ type: "process-attached", processId, attachGeneration: 1, pid: 1 });
      tale.fleet({ type: "process-became-ready", processId, ports: {}, concurrentSessions: 1, ...more });
    },
    placement(more = {}) {
      const named = players.map((one) => ({ latenciesMs: {}, ...one }));
      const base = { placementId: "match_1.1", queue: "arena", capacity: 4, matchId: "match_1" };
      const request = { ...base, players: named, ...more };
      const keyed = { capabilityKey: new Uint8Array(), regions: [], ...request };
      tale.fleet({ type: "placement-started", request: keyed, bodyDigest: "", expiresAtMs: tale.nowMs + 20_000 });
    },
    session(more = {}) {
      [revision, rosterVersion] = [1, 1];
      const base = { battleSessionId: "bs_1", revision, rosterVersion, state: "ACTIVATING", teams: TEAMS, capacity: 4 };
      const place = { processId: "proc_1", incarnation: 1, matchId: "match_1", playerSessions: [] };
      const session = { ...base, ...place, creationPolicy: "ACCEPT_ALL", unreachable: false, ...more };
      const { placementId = "match_1.1", activateByMs = tale.nowMs + 5_000, ...rest } = session as Loose;
      tale.fleet({ type: "session-started", session: rest, placementId, activateByMs });
    },
    activate(seats = [seat("a", "red"), seat("b", "blue")], more = {}) {
      tale.change({ reason: "SESSION_ACTIVATED", state: "ACTIVE", added: seats, ...more });
      tale.fleet({ type: "placement-ended", placementId: "match_1.1", state: "FULFILLED" });
    },
    change(more, fact = {}) {
      revision += 1;
      if ("added" in more || "removed" in more || "creationPolicy" in more) rosterVersion += 1;
      const base = {
        battleSessionId: "bs_1",
        revision,
        rosterVersion,
        reason: "",
        added: [],
        updated: [],
        removed: [],
      };
      tale.fleet({ type: "session-changed", change: { ...base, ...more }, ...fact });
    },
    placed(more = {}) {
      const seats = players.map((one) => ({ ...one, playerSessionId: "" }));
      const base = { type: "match-placed", matchId: "match_1", battleSessionId: "bs_1", players: seats, region: "eu" };
      tale.matcher({ ...base, processId: "proc_1", incarnation: 1, ...more });
    },
    call(method, request, outcome, caller = "backend") {
      calls += 1;
      see({ type: "call", callId: calls, caller, method, request });
      see({ type: "answer", callId: calls, outcome });
    },
    ticket(watcher, ticket, more = {}) {
      const base = { version: 1, state: 1, matchId: "", cause: "", returns: 0, players: [], configuration: "arena" };
      const event = { resumeToken: "t1.1", type: 1, ticket: { ...base, ...ticket }, ...more };
      see({ type: "ticket-event", watcher, event: event as never });
    },
    watch(watcher) {
      see({ type: "ticket-watch", watcher, resumeToken: "", ticketIds: [] });
      const heartbeat = { resumeToken: "t1.0", type: 3, ticket: undefined };
      see({ type: "ticket-event", watcher, event: heartbeat as never });
    },
    heard(heard) {
      see({ type: "game-heard", node: "server~1", heard: heard as GameHeard });
    },
    later() {
      tale.fleet({ type: "opened", journalId: "" });
      tale.nowMs += 1;
      tale.fleet({ type: "opened", journalId: "" });
    },
    heal: () => see({ type: "healed" }),
    end: () => see({ type: "end" }),
  };
  tale.matcher({ type: "rule-set-put", name: "arena", document: RULE_SET });
  const configuration = { name: "arena", ruleSet: "arena", queue: "arena", requestTimeoutMs: 60_000 };
  tale.matcher({ type: "configuration-put", configuration });
  return tale;
}

/** Up to a battle of a against b that the matcher knows of. */
export function battle(tale: Tale): void {
  tale.queue("a");
  tale.queue("b");
  tale.match(["a"], ["b"]);
  tale.process();
  tale.placement();
  tale.session();
  tale.activate();
  tale.placed();
}
