// What a fuzzer looks for: a demand that an input broke.

/** A demand that was broken, in a sentence that a stranger understands; the input comes from whoever tried it. */
export class Finding extends Error {
  override readonly name = "Finding";
}
