// What must not be shown, as a type: however it is logged, joined to a text or written as JSON, only asterisks come of it.

const SHOWN = "***";
/** Node's console and errors ask for it. By its name, as this file also runs where Node's modules are not. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Text that only `reveal()` gives away. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text, for the one place that sends or compares it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [INSPECT](): string {
    return SHOWN;
  }
}
