// The path of a field in a message, as errors show it: "players[0].latenciesMs.eu".

/** Characters of a path, and of one name in it, that an error shows: whoever wrote it finds it by less. */
const PATH_CHARS_MAX = 256;
const NAME_CHARS_MAX = 64;

/** `key` of what stands at `path`; "" is the message itself. */
export function pathOf(path: string, key: string): string {
  const name = key === "" ? '""' : key.slice(0, NAME_CHARS_MAX).toWellFormed();
  return (path === "" ? name : `${path}.${name}`).slice(-PATH_CHARS_MAX);
}
