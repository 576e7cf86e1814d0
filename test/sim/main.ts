// `npm run sim`: README.md tells its options. Nothing of Muster is loaded before a planted fault has been put into its source.

import { readOptions } from "@muster/service/tool-options";
import { getFault } from "./bugs/bank.ts";
import { plant } from "./bugs/planted-fault.ts";
import { LANDMARKS, listenToLandmarks } from "./goals/landmarks.ts";

const USAGE = `npm run sim: the whole of Muster on virtual time, from a seed. Exit 0: every promise was kept. More in test/sim/README.md.

  --seeds N     so many, from --from on (20)
  --seed N      this one, and its story
  --hours N     seeds for so many hours of the wall clock
  --from N      the first seed (1)
  --seconds N   simulated seconds with faults, of each seed (30)
  --mode WORD   safety, or liveness (liveness)
  --goals       counts rare situations; each must be reached
  --plant NAME  with this planted fault
  --bank        every planted fault in turn, each within --minutes of processor time (10)
  --reference   how fast the simulator is
  --json        a line of JSON for each seed`;

const { values } = readOptions(
  {
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
  },
  USAGE,
);
if (values.plant !== undefined) plant(getFault(values.plant));
else if (values.goals) {
  for (const landmark of LANDMARKS) plant(landmark);
  listenToLandmarks();
}
const { runCommand } = await import("./command/run-command.ts");
process.exit(await runCommand(values));
