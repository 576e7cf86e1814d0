// Environment variables, declared once as a table: each process reads its values from it, and the reference page of
// variables is made from it, so that neither can say what the other does not know.

import { Secret } from "./secret.ts";

export type VariableSpec<Value> = {
  /** One sentence: what it sets, its unit and range. */
  readonly meaning: string;
  /** What is read where the variable is not set, as text. Undefined: nothing, and the variable is optional. */
  readonly fallback?: string;
  /** Shown in place of the value everywhere. */
  readonly secret?: boolean;
  /** Turns the text into the value; throws an Error whose message ends "it must be …" for text that breaks the rule. */
  readonly parse: (text: string) => Value;
};

export type EnvironmentSpec = { readonly [name: `MUSTER_${string}`]: VariableSpec<unknown> };

/** What a table reads: optional where it has no fallback. */
export type Environment<Spec extends EnvironmentSpec> = {
  readonly [Name in keyof Spec]:
    | (Spec[Name] extends { parse(text: string): infer Value } ? Value : never)
    | (Spec[Name] extends { readonly fallback: string } ? never : undefined);
};

/**
 * The values of every variable of `spec`.
 *
 * @throws {Error} naming every variable that breaks its rule, and the rule. Secrets are not shown.
 */
export function readEnvironment<const Spec extends EnvironmentSpec>(
  spec: Spec,
  env: Readonly<Record<string, string | undefined>>,
): Environment<Spec> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries(spec) as [string, VariableSpec<unknown>][]) {
    const text = env[name] || variable.fallback;
    if (text === undefined) continue;
    try {
      values[name] = variable.parse(text);
    } catch (error) {
      const shown = variable.secret ? "***" : JSON.stringify(text);
      problems.push(`Cannot read ${name}=${shown}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return values as Environment<Spec>;
}

/** Any text. */
export const text = (value: string): string => value;

/** Text that no log, message or JSON shows. */
export const secretText = (value: string): Secret => new Secret(value);

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const parsed = Number(value);
    if (/^\d+$/.test(value) && parsed >= min && parsed <= max) return parsed;
    throw new Error(`it must be a whole number from ${min} to ${max}`);
  };
}

/** One of the words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    throw new Error(`it must be one of ${words.join(", ")}`);
  };
}

/** "true" or "1", "false" or "0". */
export function flag(value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new Error("it must be true or false");
}

/** A list with commas between; blanks around items are dropped, empty items too. */
export function list(value: string): readonly string[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
