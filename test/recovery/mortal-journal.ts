// Journals that make something happen at a chosen fact: their owner dies, right before it is written or when it is on disk and
// nobody has heard of it yet; or somebody is told of that moment.
import type { Journal, NewRecord } from "@muster/journal";

/** `journal`, telling when the first fact that `at` picks is on disk, before anybody else hears of it. */
export function tellingJournal(journal: Journal, at: (record: NewRecord) => boolean, onWritten: () => void): Journal {
  let isTold = false;
  return {
    ...journal,
    async append(request) {
      await journal.append(request);
      if (isTold || !request.records.some(at)) return;
      isTold = true;
      onWritten();
    },
  };
}

export type Death = {
  readonly moment: "before the write" | "after the write";
  /** Whether it is the fact to die at. */
  readonly at: (record: NewRecord) => boolean;
};

/** `journal` until the death: `onDeath` is called once, and nothing that the dead owner asks for is ever answered. */
export function mortalJournal(journal: Journal, death: Death | undefined, onDeath: () => void): Journal {
  const never = () => new Promise<never>(() => undefined);
  let isDead = false;
  const die = () => {
    isDead = true;
    onDeath();
    return never();
  };
  return {
    ...journal,
    async append(request) {
      if (isDead) return never();
      const isFatal = death !== undefined && request.records.some((record) => death.at(record));
      if (isFatal && death.moment === "before the write") return die();
      await journal.append(request);
      if (isFatal) return die();
    },
    renew: (partition, owner) => (isDead ? never() : journal.renew(partition, owner)),
  };
}
