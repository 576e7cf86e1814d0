// The modules that simulated fleets name in their configuration.
import { pathToFileURL } from "node:url";
import { MusterError } from "@muster/proto";
import type { FleetConfig } from "../core/fleet-config.ts";
import type { SimulatedScript } from "./simulated-server.ts";

/**
 * Every script that `config` names, by its path.
 *
 * @throws {MusterError} CONFIG_INVALID for a module that cannot be loaded, or whose default export is no function.
 */
export async function loadScripts(config: FleetConfig): Promise<ReadonlyMap<string, SimulatedScript>> {
  const scripts = new Map<string, SimulatedScript>();
  for (const { name, simulated } of config.fleets) {
    const path = simulated?.script;
    if (path === undefined || scripts.has(path)) continue;
    const refuse = (why: string, cause?: unknown) =>
      new MusterError("CONFIG_INVALID", `Cannot run the servers of fleet ${name} by ${path} as ${why}`, { cause });
    const loaded = await import(pathToFileURL(path).href).catch((error: unknown) => {
      throw refuse(`it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error);
    });
    if (typeof loaded.default !== "function") throw refuse("its default export is no function");
    scripts.set(path, loaded.default as SimulatedScript);
  }
  return scripts;
}
