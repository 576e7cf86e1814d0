// The commands of a guide as the command line reads them, without running any.
import { buildProgram } from "@muster/cli";

/** Words as a shell divides them. */
export function readWords(command: string): readonly string[] {
  return [...command.matchAll(/"(?<quoted>[^"]*)"|(?<plain>\S+)/g)].map(
    ({ groups }) => groups?.quoted ?? groups?.plain ?? "",
  );
}

/** How many commands would run for what stands after `muster`. */
export async function countRuns(command: string): Promise<number> {
  const runs: unknown[] = [];
  const program = buildProgram({
    runService: async () => undefined,
    run: async (options) => void runs.push(options),
  });
  await program.parseAsync([...readWords(command)], { from: "user" });
  return runs.length;
}
