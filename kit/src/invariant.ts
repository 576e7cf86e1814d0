// A mistake of ours must stop the process before it does harm; these two say so, and stay on in production.

/** Thrown when the program contradicts itself. Nobody catches it: the process ends and its supervisor restarts it. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** @throws {InvariantError} unless `condition` holds; `why` says what must be true, in a sentence. */
export function invariant(condition: unknown, why: string): asserts condition {
  if (!condition) throw new InvariantError(why);
}

/** For the `default` of a switch over a union: a forgotten member does not compile. */
export function unreachable(value: never): never {
  throw new InvariantError(`No case handles ${JSON.stringify(value)}`);
}
