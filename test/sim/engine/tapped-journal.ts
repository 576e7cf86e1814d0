// Listens at the journal of a service: tells every fact when the disk has it, once and in order, whoever wrote it and
// whether or not the writer lived to hear of it. What an owner may not count on, such as a record that was appended by one
// that had been replaced, is told only when a later owner finds it.
import type { Journal } from "@muster/journal";
import { MusterError } from "@muster/proto";
import { BrokenPromise } from "../checkers/checker.ts";
import type { Happening, ServiceName } from "../observation.ts";

export type Tap = {
  readonly service: ServiceName;
  /** A record as a fact of the service. */
  readonly read: (record: TappedRecord) => Happening;
  readonly see: (happening: Happening) => void;
  /** The journal contradicts what it said before: nothing else could show it. */
  readonly fail: (error: BrokenPromise) => void;
};

export type TappedRecord = {
  readonly sequence: number;
  readonly epoch: number;
  readonly timeMs: number;
  readonly kind: number;
  readonly body: Uint8Array;
};

/** A function that wraps each of the journals that the service's runs open on the same disk, one after another or at once. */
export function createTap({ service, read, see, fail }: Tap): (journal: Journal) => Journal {
  /** The last record that was told. */
  let told = 0;
  const tell = (record: TappedRecord) => {
    told = record.sequence;
    see(read(record));
  };
  /** What the journal did; a refusal is told, and thrown on. */
  const attempt = async <Value>(epoch: number, work: Promise<Value>): Promise<Value> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof MusterError) see({ type: "append-refused", service, epoch, reason: error.reason });
      throw error;
    }
  };

  const listenAt = (journal: Journal): Journal => ({
    ...journal,
    async acquire(partition, options) {
      const ownership = await journal.acquire(partition, options);
      const { epoch, firstSequence, lastSequence } = ownership;
      if (lastSequence < told) {
        const why = `the ${service}'s journal ends at record ${lastSequence}, and ${told} had been durable`;
        fail(new BrokenPromise("J-DURABLE", why));
      }
      // Appended by a former owner who was not told, or who died before it was.
      if (told < lastSequence) for await (const record of journal.read(partition, told + 1)) tell(record);
      see({ type: "acquired", service, epoch, firstSequence, lastSequence });
      return ownership;
    },
    async append(request) {
      const { epoch, afterSequence, records } = request;
      await attempt(epoch, journal.append(request));
      if (afterSequence !== told) {
        const why = `epoch ${epoch} of the ${service} appended after record ${afterSequence}, and ${told} was the last`;
        fail(new BrokenPromise("J-FENCED", why));
      }
      for (const [index, record] of records.entries()) tell({ ...record, sequence: afterSequence + 1 + index, epoch });
    },
    async writeSnapshot(partition, epoch, { sequence, chunks }) {
      const written: Uint8Array[] = [];
      const copied = async function* () {
        for await (const chunk of chunks) {
          written.push(chunk);
          yield chunk;
        }
      };
      await attempt(epoch, journal.writeSnapshot(partition, epoch, { sequence, chunks: copied() }));
      see({ type: "snapshot", service, epoch, sequence, bytes: Buffer.concat(written) });
    },
    async compact(partition, epoch, throughSequence) {
      const firstSequence = await attempt(epoch, journal.compact(partition, epoch, throughSequence));
      see({ type: "compacted", service, firstSequence });
      return firstSequence;
    },
    async moveCursor(partition, epoch, cursor) {
      await attempt(epoch, journal.moveCursor(partition, epoch, cursor));
      see({ type: "cursor", service, ...cursor });
    },
    async removeCursor(partition, epoch, name) {
      await attempt(epoch, journal.removeCursor(partition, epoch, name));
      see({ type: "cursor", service, name, sequence: undefined });
    },
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  });
  return (journal) => only(service, listenAt(journal), journal);
}

/** `heard` for the partition of the service, which has its name; what else lies in its journal goes to `plain`. */
function only(service: ServiceName, heard: Journal, plain: Journal): Journal {
  const of = (partition: string) => (partition === service ? heard : plain);
  return {
    acquire: (partition, ...rest) => of(partition).acquire(partition, ...rest),
    renew: (partition, ...rest) => of(partition).renew(partition, ...rest),
    release: (partition, ...rest) => of(partition).release(partition, ...rest),
    append: (request) => of(request.partition).append(request),
    read: (partition, ...rest) => of(partition).read(partition, ...rest),
    readSnapshot: (partition, ...rest) => of(partition).readSnapshot(partition, ...rest),
    writeSnapshot: (partition, ...rest) => of(partition).writeSnapshot(partition, ...rest),
    compact: (partition, ...rest) => of(partition).compact(partition, ...rest),
    eraseBodies: (partition, ...rest) => of(partition).eraseBodies(partition, ...rest),
    moveCursor: (partition, ...rest) => of(partition).moveCursor(partition, ...rest),
    removeCursor: (partition, ...rest) => of(partition).removeCursor(partition, ...rest),
    readCursors: (partition, ...rest) => of(partition).readCursors(partition, ...rest),
    [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
  };
}
