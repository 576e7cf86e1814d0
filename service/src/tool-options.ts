// The command line of our own tools: `--help` tells their options, and a word that they do not know is no mistake of ours. It knows
// nothing of Muster, as the simulation must not load any of it before a fault is planted.
import { type ParseArgsConfig, parseArgs } from "node:util";

type Parsed<Config extends ParseArgsConfig> = ReturnType<typeof parseArgs<Config>>;

/** What `args` say, or what is to be told in place of running: to who asked (exit 0), or to who has mistyped (exit 2). */
export type ToolOptions<Config extends ParseArgsConfig> =
  | { readonly parsed: Parsed<Config> }
  | { readonly tell: string; readonly exitCode: 0 | 2 };

/** Pure. `usage` is told whole. */
export function parseOptions<const Config extends ParseArgsConfig>(
  args: readonly string[],
  config: Config,
  usage: string,
): ToolOptions<Config> {
  if (args.includes("--help") || args.includes("-h")) return { tell: usage, exitCode: 0 };
  try {
    return { parsed: parseArgs({ ...config, args: [...args] }) as Parsed<Config> };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { tell: `Cannot run as asked: ${error.message}\n\n${usage}`, exitCode: 2 };
  }
}

/** Of this process: ends it where there is only something to tell. */
export function readOptions<const Config extends ParseArgsConfig>(config: Config, usage: string): Parsed<Config> {
  const options = parseOptions(process.argv.slice(2), config, usage);
  if ("parsed" in options) return options.parsed;
  if (options.exitCode === 0) console.log(options.tell);
  else console.error(options.tell);
  process.exit(options.exitCode);
}
