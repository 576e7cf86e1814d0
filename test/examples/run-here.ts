// A command of muster that asks no service, or a fleet at a given address, run inside this process.
import { buildProgram } from "@muster/cli";

/** What it prints, line by line. Its paths start from the root, as everything in tests does. */
export async function runHere(
  words: readonly string[],
  options: { readonly json?: boolean; readonly fleetAddress?: string } = {},
): Promise<readonly string[]> {
  const { json = false, fleetAddress = "" } = options;
  const lines: string[] = [];
  const terminal = {
    ...{ isLive: false, hasColours: false, size: () => ({ columns: 80, rows: 24 }) },
    ...{ write: () => undefined, note: () => undefined, onResize: () => undefined },
    print: (line: string) => void lines.push(line),
  };
  const program = buildProgram({
    runService: async () => undefined,
    async run(_, command) {
      const { signal } = new AbortController();
      await command({ terminal, json, matcherAddress: "", fleetAddress, signal });
    },
  });
  await program.parseAsync([...words], { from: "user" });
  return lines;
}
