// Work that must not overlap: each piece begins when the one before has ended, well or not.
export type OneAtATime = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** A line of its own. */
export function createLine(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}
