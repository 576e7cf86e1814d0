// The rule sets that were put into the matcher, parsed once each.
import { parseRuleSet, type RuleSet } from "@muster/rules";
import type { Books } from "./books/books.ts";

export interface RuleSets {
  /** The present rule set of a configuration. */
  find(configuration: string | undefined): RuleSet | undefined;
  /** The rule set of a document. Undefined: the text is empty. */
  parse(document: string): RuleSet | undefined;
}

export function createRuleSets(books: Books): RuleSets {
  const parsed = new Map<string, RuleSet>();
  const parse = (document: string) => {
    if (document === "") return undefined;
    const ruleSet = parsed.get(document) ?? parseRuleSet(document);
    parsed.set(document, ruleSet);
    return ruleSet;
  };
  return {
    parse,
    find(configuration) {
      const name = books.matcher.configurations.get(configuration ?? "")?.ruleSet;
      const document = name === undefined ? undefined : books.matcher.ruleSets.get(name);
      return document === undefined ? undefined : parse(document);
    },
  };
}
