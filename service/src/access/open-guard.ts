// The guard of a running service: reads who may call from muster.json, and again whenever the file or a key changes, so that keys
// are exchanged without a restart.
import { type Clock, repeat } from "@muster/kit";
import type { Implementation } from "@muster/proto/rpc";
import { type MusterFile, readMusterFile } from "../config/muster-file.ts";
import type { Log } from "../log.ts";
import { type Access, readAccess } from "./access-config.ts";
import { guardServices } from "./guard-services.ts";
import { createKeyring, type Keyring } from "./keyring.ts";

/** How often the file and the keys that it names are looked at, in ms. */
export const ACCESS_LOOK_MS = 5_000;

export type OpenGuardOptions = {
  /** As it was read at the start. */
  readonly file: MusterFile;
  /** Where keys are read that the file names by a variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
};

export interface Guard extends AsyncDisposable {
  readonly keyring: Keyring;
  /** Variables that hold keys, as the file named them at the start. */
  readonly secretVariables: readonly string[];
  /** The services as they are to be served, over whatever. */
  guard(services: readonly Implementation[]): readonly Implementation[];
}

/** @throws {MusterError} CONFIG_INVALID for a section `access` that breaks a rule, or a key that cannot be read. */
export async function openGuard({ file, env, clock, log }: OpenGuardOptions): Promise<Guard> {
  let access = await readAccess(file, env);
  const keyring = createKeyring(access);
  tellWhoMayCall(access, log);

  const look = async () => {
    const next = await readAccess(await readMusterFile(file.path), env);
    if (JSON.stringify(next) === JSON.stringify(access)) return;
    // A file that is empty for a moment, while somebody writes it, must not open the service to everybody.
    if (next.identities.length === 0 && access.identities.length > 0) {
      log.error(
        { path: file.path },
        "Keeping the keys: a running service is not opened to everybody. Start it anew for that",
      );
      return;
    }
    access = next;
    keyring.replace(next);
    tellWhoMayCall(next, log);
  };
  let told = "";
  const looking = repeat({ clock, everyMs: ACCESS_LOOK_MS }, async () => {
    const why = await look().then(
      () => "",
      (error: unknown) => String(error),
    );
    // Said once: the file stays as it is until somebody mends it.
    if (why !== told && why !== "") log.error({ why }, "Keeping the keys as they were: the new ones cannot be read");
    told = why;
  });

  return {
    keyring,
    secretVariables: access.secretVariables,
    guard: (services) => guardServices(services, { keyring, clock, log }),
    [Symbol.asyncDispose]: () => looking[Symbol.asyncDispose](),
  };
}

function tellWhoMayCall({ identities }: Access, log: Log): void {
  if (identities.length === 0) {
    log.warn({}, "Open: muster.json has no keys, so that whoever reaches this service may call everything");
    return;
  }
  const callers = identities.map(({ name, role, project }) => ({ name, role, project }));
  log.info({ callers }, "Asking callers for their key");
}
