// M-DETERMINISTIC: state is a function of the facts. Every snapshot that a service wrote holds, to the byte, what the facts
// before it come to when they are folded from the first one on, whatever restarts and snapshots lay between.
import { createHash } from "node:crypto";
import {
  createMatcherState,
  digestMatcherState,
  evolve as evolveMatcher,
  type MatcherFact,
} from "@muster/matcher/testing";
import { createFleetState, digestFleetState, evolve as evolveFleet, type FleetFact } from "@muster/mock-fleet/testing";
import type { Observation, ServiceName } from "../observation.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "M-DETERMINISTIC";
/** What the snapshot's writer puts before the state: the mark and the format. */
const HEADER_BYTES = 6;
/** Snapshots of young journals are all compared, of older ones every so many: folding must not cost more than the run. */
const EVERY_SNAPSHOT = 4;

type Stamp = { readonly sequence: number; readonly journalMs: number };
type Seen<Fact> = Stamp & { readonly fact: Fact; readonly wallMs: number };

export function mDeterministic(): Checker {
  const matcher = createMatcherState();
  const fleet = createFleetState();
  /** Facts that are not folded in yet: a snapshot may be of an earlier moment than the last of them. */
  let matcherFacts: Seen<MatcherFact>[] = [];
  let fleetFacts: Seen<FleetFact>[] = [];
  const written: Record<ServiceName, number> = { matcher: 0, fleet: 0 };

  const digestMatcher = (sequence: number) => {
    for (const { fact, journalMs, wallMs, ...stamp } of matcherFacts.filter((one) => one.sequence <= sequence)) {
      evolveMatcher(matcher, { sequence: stamp.sequence, atMs: journalMs, atWallMs: wallMs, fact });
    }
    matcherFacts = matcherFacts.filter((one) => one.sequence > sequence);
    return digestMatcherState(matcher);
  };
  const digestFleet = (sequence: number) => {
    for (const { fact, journalMs, ...stamp } of fleetFacts.filter((one) => one.sequence <= sequence)) {
      evolveFleet(fleet, fact, { sequence: stamp.sequence, timeMs: journalMs });
    }
    fleetFacts = fleetFacts.filter((one) => one.sequence > sequence);
    return digestFleetState(fleet);
  };
  const compare = ({ service, sequence, bytes }: Extract<Observation, { type: "snapshot" }>) => {
    written[service] += 1;
    if (written[service] > EVERY_SNAPSHOT && written[service] % EVERY_SNAPSHOT !== 0) return;
    const [expected, form] =
      service === "matcher"
        ? ([digestMatcher(sequence), "base64url"] as const)
        : ([digestFleet(sequence), "hex"] as const);
    const found = createHash("sha256").update(bytes.subarray(HEADER_BYTES)).digest(form);
    if (found === expected) return;
    throw new BrokenPromise(NAME, `the ${service}'s snapshot of ${sequence} is not what its facts come to`);
  };
  return {
    name: NAME,
    see(observation) {
      switch (observation.type) {
        case "matcher-fact":
          matcherFacts.push(observation);
          return;
        case "fleet-fact":
          fleetFacts.push({ ...observation, wallMs: 0 });
          return;
        case "snapshot":
          return compare(observation);
        default:
          return;
      }
    },
  };
}
