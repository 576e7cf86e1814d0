// Regular expressions in RE2's form, as far as an automaton can decide them: no references back, no looking around.
import type { Automaton, CodeRange } from "./automaton.ts";
import { escapedClass, mergedRanges, namedClass } from "./character-class.ts";
import { anyCharacterNode, automatonOf, characterNode, type PatternNode } from "./pattern-node.ts";

/** Why an expression cannot be read, at `position`, in UTF-16 units of its text. */
export type PatternProblem = { readonly message: string; readonly position: number };

export type RegularExpressionOptions = {
  /** Whether `^` and `$` may say what is so anyway: the whole value is matched. */
  readonly mayHaveEdges: boolean;
  /** Whether a repetition may be lazy, which changes nothing: the whole value is matched. */
  readonly mayBeLazy: boolean;
};

/** Groups in one another: beyond this it is an attack. */
const DEPTH_MAX = 50;
/** RE2's: how often something may be repeated by numbers. */
const REPEATS_MAX = 1_000;

type Flags = { readonly ignoresCase: boolean; readonly dotAll: boolean };

/** The automaton of `source`, without the slashes, or what is wrong with it. */
export function parseRegularExpression(source: string, options: RegularExpressionOptions): Automaton | PatternProblem {
  const reader = new Reader(source, options);
  try {
    const node = reader.readAll();
    return automatonOf(node) ?? { message: "is too large: it repeats too much", position: 0 };
  } catch (error) {
    if (error instanceof Refusal) return { message: error.message, position: error.position };
    throw error;
  }
}

class Refusal extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

class Reader {
  readonly #source: string;
  readonly #options: RegularExpressionOptions;
  #at = 0;

  constructor(source: string, options: RegularExpressionOptions) {
    this.#source = source;
    this.#options = options;
  }

  readAll(): PatternNode {
    const node = this.#either({ ignoresCase: false, dotAll: false }, 0);
    if (this.#at < this.#source.length) this.#fail('has a ")" that nothing opened');
    return node;
  }

  #either(flags: Flags, depth: number): PatternNode {
    if (depth > DEPTH_MAX) this.#fail(`has groups more than ${DEPTH_MAX} deep`);
    const nodes: PatternNode[] = [];
    let present = flags;
    do {
      const read = this.#sequence(present, depth);
      nodes.push(read.node);
      present = read.flags; // As in RE2, (?i) holds to the end of its group, over |.
    } while (this.#take("|"));
    return nodes.length === 1 && nodes[0] ? nodes[0] : { type: "either", nodes };
  }

  #sequence(flags: Flags, depth: number): { readonly node: PatternNode; readonly flags: Flags } {
    const nodes: PatternNode[] = [];
    let present = flags;
    while (this.#at < this.#source.length && this.#peek() !== "|" && this.#peek() !== ")") {
      const setting = this.#flagSetting(present);
      if (setting) {
        present = setting;
        continue;
      }
      nodes.push(this.#repeated(this.#atom(present, depth)));
    }
    return { node: { type: "sequence", nodes }, flags: present };
  }

  /** `(?i)` and its like; undefined: there is none. */
  #flagSetting(flags: Flags): Flags | undefined {
    const found = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (!found) return undefined;
    const [all, on = "", off = ""] = found;
    const next = this.#withFlags(flags, { on, off });
    this.#at += all.length;
    return next;
  }

  #withFlags(flags: Flags, { on, off }: { readonly on: string; readonly off: string }): Flags {
    const odd = /[^ismU]/.exec(on + off)?.[0];
    if (odd !== undefined) this.#fail(`has the flag "${odd}", which is unknown: there are i, s, m and U`);
    return {
      ignoresCase: off.includes("i") ? false : flags.ignoresCase || on.includes("i"),
      dotAll: off.includes("s") ? false : flags.dotAll || on.includes("s"),
    };
  }

  #repeated(atom: PatternNode): PatternNode {
    let node = atom;
    for (let times = this.#times(); times; times = this.#times()) {
      // Written in one another they are as many as their product, as x{100}{100}; the automaton's size bounds it.
      node = { type: "repeat", node, ...times };
    }
    return node;
  }

  #times(): { readonly min: number; readonly max: number } | undefined {
    const infinity = Number.POSITIVE_INFINITY;
    if (this.#take("*")) return this.#lazily({ min: 0, max: infinity });
    if (this.#take("+")) return this.#lazily({ min: 1, max: infinity });
    if (this.#take("?")) return this.#lazily({ min: 0, max: 1 });
    const found = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (!found) return undefined;
    const [all, least = "", comma, most = ""] = found;
    const min = Number(least);
    const max = comma === undefined ? min : most === "" ? infinity : Number(most);
    if (min > REPEATS_MAX || (max !== infinity && max > REPEATS_MAX))
      this.#fail(`repeats more than ${REPEATS_MAX} times`);
    if (max < min) this.#fail("repeats at most fewer times than at least");
    this.#at += all.length;
    return this.#lazily({ min, max });
  }

  /** Which of several matches is found makes no difference to whether there is one. */
  #lazily<Times>(times: Times): Times {
    if (this.#take("?") && !this.#options.mayBeLazy) this.#fail('has a lazy repetition ("?" after another)');
    return times;
  }

  #atom(flags: Flags, depth: number): PatternNode {
    const letter = this.#next();
    switch (letter) {
      case "(":
        return this.#group(flags, depth);
      case "[":
        return this.#bracket(flags);
      case ".":
        return anyCharacterNode(flags.dotAll);
      case "^":
        return this.#edge("start");
      case "$":
        return this.#edge("end");
      case "\\":
        return this.#escape(flags);
      case "*":
      case "+":
      case "?":
        this.#at -= 1;
        return this.#fail(`repeats nothing with "${letter}"`);
      default:
        return characterNode(letter.codePointAt(0) ?? 0, flags.ignoresCase);
    }
  }

  #edge(at: "start" | "end"): PatternNode {
    if (this.#options.mayHaveEdges) return { type: "edge", at };
    this.#at -= 1;
    return this.#fail(`has "${this.#peek()}", which values are not looked at for: the whole value is matched anyway`);
  }

  #group(flags: Flags, depth: number): PatternNode {
    const opened = this.#at - 1;
    let present = flags;
    if (this.#take("?")) {
      const found = /^(?:P?<[A-Za-z_]\w*>|([a-zA-Z]*)(?:-([a-zA-Z]+))?:)/.exec(
        this.#source.slice(this.#at, this.#at + 128),
      );
      if (!found) this.#fail("has a group that begins with (? in a way that an automaton does not decide");
      const [all, on = "", off = ""] = found;
      present = this.#withFlags(flags, { on, off });
      this.#at += all.length;
    }
    const node = this.#either(present, depth + 1);
    if (!this.#take(")")) {
      this.#at = opened;
      this.#fail('has a "(" that nothing closes');
    }
    return node;
  }

  #bracket({ ignoresCase }: Flags): PatternNode {
    const opened = this.#at - 1;
    const isNegated = this.#take("^");
    const ranges: CodeRange[] = [];
    for (let isFirst = true; isFirst || this.#peek() !== "]"; isFirst = false) {
      if (this.#at >= this.#source.length) {
        this.#at = opened;
        this.#fail('has a "[" that nothing closes');
      }
      ranges.push(...this.#bracketItem());
    }
    this.#at += 1;
    return { type: "character", ranges: mergedRanges(ranges), isNegated, ignoresCase };
  }

  #bracketItem(): readonly CodeRange[] {
    const posix = /^\[:(\^?[a-z]*):\]/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (posix) {
      const ranges = namedClass(posix[1] ?? "");
      if (!ranges) this.#fail(`has the class ${posix[0]}, which is unknown`);
      this.#at += posix[0].length;
      return ranges;
    }
    const from = this.#bracketCharacter();
    if (typeof from !== "number") return from;
    const isRange = this.#peek() === "-" && this.#source[this.#at + 1] !== "]" && this.#at + 1 < this.#source.length;
    if (!isRange) return [[from, from]];
    this.#at += 1;
    const to = this.#bracketCharacter();
    if (typeof to !== "number" || to < from) this.#fail("has a range of characters that is none");
    return [[from, to]];
  }

  #bracketCharacter(): number | readonly CodeRange[] {
    const letter = this.#next();
    if (letter !== "\\") return letter.codePointAt(0) ?? 0;
    const classed = escapedClass(this.#peek());
    if (classed) {
      this.#at += 1;
      return classed;
    }
    return this.#escapedCode();
  }

  #escape({ ignoresCase }: Flags): PatternNode {
    const ranges = escapedClass(this.#peek());
    if (!ranges) return characterNode(this.#escapedCode(), ignoresCase);
    this.#at += 1;
    return { type: "character", ranges: mergedRanges(ranges), isNegated: false, ignoresCase: false };
  }

  /** The character that is meant after a backslash. */
  #escapedCode(): number {
    if (this.#at >= this.#source.length) this.#fail("ends with a backslash");
    const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
    const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(this.#source.slice(this.#at, this.#at + 10));
    if (hex) {
      const code = Number.parseInt(hex[1] ?? hex[2] ?? "0", 16);
      if (code > 0x10ffff) this.#fail("names a character that is none");
      this.#at += hex[0].length;
      return code;
    }
    const letter = this.#next();
    const control = Object.hasOwn(controls, letter) ? controls[letter] : undefined;
    if (control !== undefined) return control;
    if (/[A-Za-z0-9]/.test(letter)) {
      this.#at -= 2;
      this.#fail(`has "\\${letter}", which an automaton does not decide`);
    }
    return letter.codePointAt(0) ?? 0;
  }

  #peek(): string {
    return this.#source[this.#at] ?? "";
  }

  #next(): string {
    if (this.#at >= this.#source.length) this.#fail("ends too early");
    const letter = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += letter.length;
    return letter;
  }

  #take(token: string): boolean {
    if (!this.#source.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #fail(message: string): never {
    throw new Refusal(message, this.#at);
  }
}
