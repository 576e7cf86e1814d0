// What somebody typed cannot be understood: told in one sentence, exit 2.

/** Thrown by everything that reads arguments. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
