// The journal's own promises. J-SEQUENCE: records follow one another without a gap. J-FENCED: epochs rise, and who was
// replaced appends nothing. J-DURABLE: what was durable once is there for every later owner. J-KEPT: nothing is compacted
// away that is in no snapshot, or that a cursor has not passed.
import type { Observation, ServiceName } from "../observation.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

type Log = {
  sequence: number;
  epoch: number;
  /** Of the present owner, and where it found the end. */
  ownerEpoch: number;
  ownedFrom: number;
  snapshotSequence: number;
  readonly cursors: Map<string, number>;
};

export function jOrder(): Checker {
  const logs = new Map<ServiceName, Log>();
  const logOf = (service: ServiceName) => {
    const log = logs.get(service) ?? {
      sequence: 0,
      epoch: 0,
      ownerEpoch: 0,
      ownedFrom: 0,
      snapshotSequence: 0,
      cursors: new Map(),
    };
    logs.set(service, log);
    return log;
  };
  const append = (service: ServiceName, { sequence, epoch }: { readonly sequence: number; readonly epoch: number }) => {
    const log = logOf(service);
    if (sequence !== log.sequence + 1) {
      throw new BrokenPromise("J-SEQUENCE", `record ${sequence} of the ${service} follows ${log.sequence}`);
    }
    if (epoch < log.epoch || (epoch < log.ownerEpoch && sequence > log.ownedFrom)) {
      const newest = Math.max(log.epoch, log.ownerEpoch);
      throw new BrokenPromise("J-FENCED", `record ${sequence} of the ${service} is of epoch ${epoch} after ${newest}`);
    }
    log.sequence = sequence;
    log.epoch = epoch;
  };
  const acquire = ({ service, epoch, lastSequence }: Extract<Observation, { type: "acquired" }>) => {
    const log = logOf(service);
    if (epoch <= log.ownerEpoch) {
      throw new BrokenPromise("J-FENCED", `the ${service} is owned by epoch ${epoch} after ${log.ownerEpoch}`);
    }
    if (lastSequence < log.sequence) {
      const why = `the ${service} finds its journal up to ${lastSequence}, and ${log.sequence} was durable`;
      throw new BrokenPromise("J-DURABLE", why);
    }
    log.ownerEpoch = epoch;
    log.ownedFrom = lastSequence;
  };
  const compact = (service: ServiceName, firstSequence: number) => {
    const log = logOf(service);
    if (firstSequence > log.snapshotSequence + 1) {
      const why = `records before ${firstSequence} of the ${service} are gone, the snapshot is of ${log.snapshotSequence}`;
      throw new BrokenPromise("J-KEPT", why);
    }
    for (const [name, sequence] of log.cursors) {
      if (firstSequence <= sequence + 1) continue;
      throw new BrokenPromise("J-KEPT", `${name} has read up to ${sequence}: records before ${firstSequence} are gone`);
    }
  };
  return {
    name: "J-ORDER",
    see(observation) {
      switch (observation.type) {
        case "matcher-fact":
          return append("matcher", observation);
        case "fleet-fact":
          return append("fleet", observation);
        case "acquired":
          return acquire(observation);
        case "snapshot": {
          const log = logOf(observation.service);
          if (observation.sequence > log.sequence) {
            const why = `the ${observation.service} has a snapshot of ${observation.sequence}, durable is ${log.sequence}`;
            throw new BrokenPromise("J-DURABLE", why);
          }
          log.snapshotSequence = Math.max(log.snapshotSequence, observation.sequence);
          return;
        }
        case "compacted":
          return compact(observation.service, observation.firstSequence);
        case "cursor": {
          const { cursors } = logOf(observation.service);
          if (observation.sequence === undefined) cursors.delete(observation.name);
          else cursors.set(observation.name, observation.sequence);
          return;
        }
        default:
          return;
      }
    },
  };
}
