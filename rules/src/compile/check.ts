// What a rule compiles to: two questions about the roster that its scope looks at.

/** `mayStillHold` is false only if the rule is broken whoever joins. */
export type Check = { readonly holds: () => boolean; readonly mayStillHold: () => boolean };

/** A question that needs no look. Whoever meets this very function leaves the question out. */
export const always = (): boolean => true;

/** Whether all hold. */
export function every(questions: readonly (() => boolean)[]): () => boolean {
  const asked = questions.filter((question) => question !== always);
  const [first, second] = asked;
  if (!first) return always;
  if (!second) return first;
  return () => {
    for (let at = 0; at < asked.length; at += 1) if (asked[at]?.() === false) return false;
    return true;
  };
}

/** Whether any holds. */
export function some(questions: readonly (() => boolean)[]): () => boolean {
  return questions.includes(always) ? always : () => questions.some((question) => question());
}
