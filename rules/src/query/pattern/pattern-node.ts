// What a pattern says, before it becomes an automaton.
import { AUTOMATON_STEPS_MAX, type Automaton, type CodeRange, type Step } from "./automaton.ts";

export type PatternNode =
  | {
      readonly type: "character";
      readonly ranges: readonly CodeRange[];
      readonly isNegated: boolean;
      readonly ignoresCase: boolean;
    }
  | { readonly type: "sequence"; readonly nodes: readonly PatternNode[] }
  | { readonly type: "either"; readonly nodes: readonly PatternNode[] }
  | { readonly type: "repeat"; readonly node: PatternNode; readonly min: number; readonly max: number }
  | { readonly type: "edge"; readonly at: "start" | "end" };

/** The automaton of the pattern; undefined if it would have more than `AUTOMATON_STEPS_MAX` steps. */
export function automatonOf(pattern: PatternNode): Automaton | undefined {
  const steps: Step[] = [{ type: "match" }];
  let isTooLarge = false;
  const push = (step: Step): number => {
    if (steps.length >= AUTOMATON_STEPS_MAX) isTooLarge = true;
    else steps.push(step);
    return steps.length - 1;
  };
  /** Where the pattern begins that goes on at `next`. Steps are made from the last to the first. */
  const build = (node: PatternNode, next: number): number => {
    if (isTooLarge) return next;
    switch (node.type) {
      case "character":
      case "edge":
        return push({ ...node, next });
      case "sequence":
        return node.nodes.reduceRight((following, one) => build(one, following), next);
      case "either":
        return push({ type: "split", nexts: node.nodes.map((one) => build(one, next)) });
      case "repeat":
        return repeat(node, next);
    }
  };
  const repeat = ({ node, min, max }: Extract<PatternNode, { type: "repeat" }>, next: number): number => {
    let following = max === Number.POSITIVE_INFINITY ? loop(node, next) : next;
    // Each optional turn may end the whole: (x(x(x)?)?)?
    for (let turn = min; turn < max && max !== Number.POSITIVE_INFINITY && !isTooLarge; turn += 1) {
      following = push({ type: "split", nexts: [build(node, following), next] });
    }
    for (let turn = 0; turn < min && !isTooLarge; turn += 1) following = build(node, following);
    return following;
  };
  const loop = (node: PatternNode, next: number): number => {
    const nexts: number[] = [next];
    const at = push({ type: "split", nexts });
    nexts.unshift(build(node, at));
    return at;
  };
  const start = build(pattern, 0);
  return isTooLarge ? undefined : { steps, start };
}

/** The character `code` alone. */
export function characterNode(code: number, ignoresCase: boolean): PatternNode {
  return { type: "character", ranges: [[code, code]], isNegated: false, ignoresCase };
}

/** Every character but a line feed; or, where `dotAll`, every one. */
export function anyCharacterNode(dotAll: boolean): PatternNode {
  return { type: "character", ranges: dotAll ? [] : [[10, 10]], isNegated: true, ignoresCase: false };
}
