// The hooks that muster.json names, ready to be asked, and following the file while the matcher runs.
import { type Clock, repeat } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Log } from "@muster/service";
import { type Poster, UrlRefused } from "../events/poster.ts";
import { type HookCall, type HookCaller, HookFailed } from "./hook-caller.ts";
import type { HookDefinition } from "./hooks-section.ts";
import { callByHttp } from "./http-hook.ts";
import { type ModuleHook, startModuleHook } from "./module-hook.ts";

/** How often file and modules are looked at, in ms. */
const LOOK_MS = 1_000;

export type OpenHooksOptions = {
  readonly hooks: ReadonlyMap<string, HookDefinition>;
  /** As the file says now. @throws {MusterError} if it says nothing legal. */
  readonly read: () => Promise<ReadonlyMap<string, HookDefinition>>;
  readonly poster: Poster;
  readonly clock: Clock;
  readonly log: Log;
};

export type Hooks = HookCaller & AsyncDisposable;

/** @throws {MusterError} EVENT_URL_REFUSED for a URL that nothing may be sent to. */
export function openHooks({ hooks, read, poster, clock, log }: OpenHooksOptions): Hooks {
  let present: ReadonlyMap<string, HookDefinition> = new Map();
  const modules = new Map<string, ModuleHook>();
  let told = "";

  const take = (next: ReadonlyMap<string, HookDefinition>) => {
    for (const [name, hook] of next) if (hook.type === "http") checkUrl(name, hook.url, poster);
    present = next;
    const paths = new Set([...next.values()].flatMap((hook) => (hook.type === "module" ? hook.path : [])));
    for (const path of paths) if (!modules.has(path)) modules.set(path, startModuleHook(path, { log, clock }));
    for (const [path, module] of modules) {
      if (paths.has(path)) continue;
      modules.delete(path);
      void module[Symbol.asyncDispose]();
    }
  };
  /** What the file says that is not legal changes nothing, and is said once. */
  const look = async () => {
    try {
      take(await read());
      told = "";
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      if (error.message !== told)
        log.error({ error }, "Keeping the hooks as they were: those of muster.json cannot be taken");
      told = error.message;
    }
    for (const module of modules.values()) module.look();
  };
  take(hooks);
  const looking = repeat({ clock, everyMs: LOOK_MS }, look);
  return {
    async call(call: HookCall, signal) {
      const hook = present.get(call.hook);
      if (!hook) throw new HookFailed(`muster.json has no hook ${call.hook}`);
      if (hook.type === "http") return await callByHttp(call, hook, { poster, clock, signal });
      const module = modules.get(hook.path);
      if (!module) throw new HookFailed("its module is not loaded");
      return await module.call(call, signal);
    },
    async [Symbol.asyncDispose]() {
      await looking[Symbol.asyncDispose]();
      await Promise.all(Array.from(modules.values(), (module) => module[Symbol.asyncDispose]()));
    },
  };
}

function checkUrl(name: string, url: string, poster: Poster): void {
  try {
    poster.check(url);
  } catch (error) {
    if (!(error instanceof UrlRefused)) throw error;
    const why = `Cannot ask hook ${name} at its URL as it has to lead where events may go: ${error.message}`;
    throw new MusterError("EVENT_URL_REFUSED", why, { metadata: { field: `hooks.${name}.url` }, cause: error });
  }
}
