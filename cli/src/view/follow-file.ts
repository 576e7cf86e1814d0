// Tells of the file that a set-up runs on while somebody edits it: the matcher takes over what is legal, this says what that is.
import type { Clock } from "@muster/kit";
import { type ConfigEvent, followConfig, readLegalConfig } from "@muster/matcher";
import { readMusterFile } from "@muster/service";

/** Tells until it is disposed of. The file is what it was when the set-up started. */
export async function followFile(
  path: string,
  {
    clock,
    onEvent,
    onFatal,
  }: {
    readonly clock: Clock;
    readonly onEvent: (event: ConfigEvent) => void;
    readonly onFatal: (error: unknown) => void;
  },
): Promise<AsyncDisposable> {
  const read = async () => await readLegalConfig(await readMusterFile(path));
  const { config } = await read();
  return followConfig({
    ...{ config, read, clock, onEvent, onFatal },
    put: async ({ ruleSets, configurations }) => ({
      changed: [
        ...ruleSets.map(({ name }) => `rule set ${name}`),
        ...configurations.map(({ name }) => `configuration ${name}`),
      ],
      refused: new Map(),
    }),
  });
}
