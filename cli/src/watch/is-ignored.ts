// Which files no server is started of, so that a change of them restarts none.

/** Names of files and folders; `*` stands for any text. What a server or an editor writes beside the sources, and what is installed. */
export const IGNORED_DEFAULT = [
  ".*", // Hidden: .git, .muster, what editors keep
  "node_modules",
  "*~",
  "*.log",
  "*.swp",
  "*.tmp",
  "*.sqlite*",
  "*.db",
  "4913", // Vim tries with it whether it may write
] as const;

/** Whether `path`, relative to a watched folder, or a folder on its way has a name that one of `patterns` fits. */
export function isIgnored(path: string, patterns: readonly string[]): boolean {
  const names = path.split(/[\\/]/).filter((name) => name !== "" && name !== ".");
  return names.some((name) => patterns.some((pattern) => fits(name, pattern)));
}

function fits(name: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length >= from + last.length && name.endsWith(last);
}
