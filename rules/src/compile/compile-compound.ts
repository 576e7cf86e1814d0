// compound, compiled: its statement over checks of the rules that it names.
import { invariant } from "@muster/kit";
import type { CompoundRule, Statement } from "../rule-types/compound.ts";
import type { Rule } from "../rule-types/table.ts";
import { always, type Check, every, some } from "./check.ts";

/** `compile` gives the check of a member. */
export function compileCompound({ statement, bound }: CompoundRule, compile: (member: Rule) => Check): Check {
  const members = new Map(Array.from(bound, ([name, member]) => [name, compile(member.rule)]));
  return compileStatement(statement, (name) => {
    const member = members.get(name);
    invariant(member, "a compound judges by rules that were bound to it");
    return member;
  });
}

/** What a rule forbids may become allowed behind `not` and `xor`. */
function compileStatement(statement: Statement, memberOf: (name: string) => Check): Check {
  if (statement.type === "rule") return memberOf(statement.name);
  const parts = statement.parts.map((part) => compileStatement(part, memberOf));
  const holds = parts.map((part) => part.holds);
  const mayHold = parts.map((part) => part.mayStillHold);
  switch (statement.type) {
    case "and":
      return { holds: every(holds), mayStillHold: every(mayHold) };
    case "or":
      return { holds: some(holds), mayStillHold: some(mayHold) };
    case "not":
      return { holds: () => !holds.some((part) => part()), mayStillHold: always };
    case "xor":
      return { holds: () => holds.filter((part) => part()).length === 1, mayStillHold: always };
  }
}
