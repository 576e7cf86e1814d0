// A place in the text of a query, for a reader that takes it apart by hand.
import { QueryRefusal } from "../refusal.ts";

export class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here, "" at the end. */
  peek(): string {
    return this.isAtEnd ? "" : String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
  }

  next(): string {
    const letter = this.peek();
    this.at += letter.length;
    return letter;
  }

  take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** What matches the sticky `pattern` here, which is taken. */
  takeMatch(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found ?? undefined;
  }

  skipSpace(): void {
    this.takeMatch(/\s*/uy);
  }

  /** @throws {QueryRefusal} Always, at `start`, or here. */
  fail(message: string, start = this.at): never {
    throw new QueryRefusal(message, { start, end: Math.max(start, Math.min(this.text.length, this.at)) });
  }
}
