// `npm run sim`: README.md tells its options. Nothing of Muster is loaded before a planted fault has been put into its source.
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    hours: { type: "string" },
    from: { type: "string", default: "1" },
    seconds: { type: "string", default: "30" },
    mode: { type: "string", default: "liveness" },
    reference: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    worker: { type: "boolean", default: false },
  },
});
const { runCommand } = await import("./command/run-command.ts");
process.exit(await runCommand(values));
