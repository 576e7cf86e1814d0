// A guide whose pictures are drawn from runs: after a command that simulates comes what it makes, after a mark what a server of
// real processes heard.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "@muster/kit";
import { readSimulationEvents, type SimulationFact } from "@muster/matcher";
import { runHere } from "../examples/run-here.ts";
import { ROOT } from "../tidy/sources.ts";
import { drawTrace } from "./draw-trace.ts";

export const BACKFILL_GUIDE = "docs/guides/backfill.md";

const TRACE = /^```sh\nnpx muster (?<command>simulate [^`]*)\n```\n\n```mermaid\n(?<picture>[^`]*)\n```$/gm;
const HEARD = /(?<=^<!-- drawn from a run of real processes -->\n```mermaid\n)[^`]*(?=\n```$)/m;
const OPERATOR = /^npx muster (?<command>backfill .*?)(?: {2,}.*)?$/gm;

export type Trace = { readonly command: string; readonly picture: string };

/** The simulations of the guide with the picture that it shows of each. */
export function findTraces(guide: string): readonly Trace[] {
  return [...guide.matchAll(TRACE)].map(({ groups }) => ({
    command: groups?.command ?? "",
    picture: groups?.picture ?? "",
  }));
}

/** The picture of what a server heard. */
export function findHeard(guide: string): string {
  const [picture] = HEARD.exec(guide) ?? [];
  invariant(picture !== undefined, "the guide has a picture of what a server heard");
  return picture;
}

/** The guide with both kinds of pictures anew. */
export function withPictures(guide: string, pictures: { readonly traces: readonly Trace[]; readonly heard: string }) {
  let index = 0;
  return guide
    .replace(TRACE, (block: string) => {
      const { command, picture } = pictures.traces[index++] ?? { command: "", picture: "" };
      invariant(block.includes(command), "the pictures come in the order of their commands");
      return `\`\`\`sh\nnpx muster ${command}\n\`\`\`\n\n\`\`\`mermaid\n${picture}\n\`\`\``;
    })
    .replace(HEARD, () => pictures.heard);
}

/** The words after `npx muster` of every command of an operator in the guide. */
export function findOperatorCommands(guide: string): readonly (readonly string[])[] {
  return [...guide.matchAll(OPERATOR)].map(({ groups }) => (groups?.command ?? "").trim().split(/\s+/));
}

/** Runs the command, from the root of the clone, and draws what it printed. */
export async function drawSimulation(command: string): Promise<string> {
  const words = command.split(/\s+/);
  const printed = await runHere(words, { json: true });
  const facts = printed.map((line): SimulationFact => JSON.parse(line));
  const tickets = readFileSync(join(ROOT, words[words.indexOf("--tickets") + 1] ?? ""), "utf8");
  return drawTrace(readSimulationEvents(tickets), facts);
}
