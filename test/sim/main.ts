// `npm run sim`: README.md tells its options. Nothing of Muster is loaded before a planted fault has been put into its source.
import { parseArgs } from "node:util";
import { getFault } from "./bugs/bank.ts";
import { plant } from "./bugs/planted-fault.ts";
import { LANDMARKS, listenToLandmarks } from "./goals/landmarks.ts";

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
    plant: { type: "string" },
    bank: { type: "boolean", default: false },
    goals: { type: "boolean", default: false },
    minutes: { type: "string", default: "10" },
  },
});
if (values.plant !== undefined) plant(getFault(values.plant));
else if (values.goals) {
  for (const landmark of LANDMARKS) plant(landmark);
  listenToLandmarks();
}
const { runCommand } = await import("./command/run-command.ts");
process.exit(await runCommand(values));
