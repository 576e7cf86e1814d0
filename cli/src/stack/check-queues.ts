// Whether configurations of muster.json name queues that are in it too. A matcher cannot know, as its fleet may be anywhere; where both
// run by one file it is a slip of the pen, which would show as placements that fail.
import { closestWord } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { MusterFile } from "@muster/service";

/**
 * Looks at names alone: what else is wrong with either section is for its service to say. Files with projects are not judged.
 *
 * @throws {MusterError} CONFIG_INVALID with the path of the first name that no queue has.
 */
export function checkQueues({ path, sections }: Pick<MusterFile, "path" | "sections">): void {
  const { queues, configurations, projects } = sections;
  if (!Array.isArray(queues) || !Array.isArray(configurations) || projects !== undefined) return;
  const names = queues.map((queue: unknown) => fieldOf(queue, "name")).filter((name) => typeof name === "string");
  for (const [index, configuration] of configurations.entries()) {
    const alternatives = fieldOf(configuration, "alternatives");
    const choices = [configuration, ...(Array.isArray(alternatives) ? alternatives : [])];
    for (const [place, choice] of choices.entries()) {
      const queue = fieldOf(choice, "queue");
      if (typeof queue !== "string" || names.includes(queue)) continue;
      const at = `$.configurations[${index}]${place === 0 ? "" : `.alternatives[${place - 1}]`}.queue`;
      const meant = closestWord(queue, names) ?? names.join(", ");
      const why = `Cannot read ${at} of ${path} as a queue of the file: it is "${queue}", and there is ${meant || "none"}`;
      throw new MusterError("CONFIG_INVALID", why, { metadata: { path: at } });
    }
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
