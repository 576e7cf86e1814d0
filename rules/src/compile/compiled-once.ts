// The rules of a tier are compiled when a search first looks at them, and then kept for as long as the tier is.
import { type CompiledRules, compileRules } from "./compile-rules.ts";

/** What `make` makes of an object: once for each, for as long as it lives. */
export function oncePer<Key extends object, Value extends object>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, Value>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}

/** `compileRules`, once for each list of rules: the list itself counts, not what is in it. */
export const compiledOnce: (rules: Parameters<typeof compileRules>[0]) => CompiledRules = oncePer(compileRules);
