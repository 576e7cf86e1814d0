// Sets of strings as the lists that players bring: short ones are walked, long ones looked up.

/** Above so many comparisons of strings a Set is made. */
const COMPARISONS_MAX = 256;

/** Each string once, in its first place. The list itself if it is so already. */
export function distinct(list: readonly string[]): readonly string[] {
  if (list.length * list.length > 2 * COMPARISONS_MAX) return [...new Set(list)];
  let once: string[] | undefined;
  for (let at = 1; at < list.length; at += 1) {
    const text = list[at] ?? "";
    const isNew = indexIn(list, text, at) < 0;
    if (isNew) once?.push(text);
    else once ??= list.slice(0, at);
  }
  return once ?? list;
}

/** What is in both lists, in the order of the first, as often as there. The first itself if all of it is. */
export function shared(list: readonly string[], other: readonly string[]): readonly string[] {
  const set = setFor(other, list.length);
  let common: string[] | undefined;
  for (let at = 0; at < list.length; at += 1) {
    const text = list[at] ?? "";
    const isIn = set ? set.has(text) : indexIn(other, text, other.length) >= 0;
    if (isIn) common?.push(text);
    else common ??= list.slice(0, at);
  }
  return common ?? list;
}

/** How many of `list` are in `other`. */
export function countShared(list: readonly string[], other: readonly string[]): number {
  const set = setFor(other, list.length);
  let count = 0;
  for (let at = 0; at < list.length; at += 1) {
    const text = list[at] ?? "";
    if (set ? set.has(text) : indexIn(other, text, other.length) >= 0) count += 1;
  }
  return count;
}

/** The first place before `to` that has `text`, or -1. */
function indexIn(list: readonly string[], text: string | undefined, to: number): number {
  for (let at = 0; at < to; at += 1) if (list[at] === text) return at;
  return -1;
}

/** Undefined where so few `questions` are quicker answered by walking the list. */
function setFor(list: readonly string[], questions: number): ReadonlySet<string> | undefined {
  return list.length * questions > COMPARISONS_MAX ? new Set(list) : undefined;
}
