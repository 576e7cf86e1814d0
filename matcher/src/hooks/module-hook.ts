// Hooks by a JavaScript module, in a thread of its own. A question that is called off while it is answered ends the thread, because
// nothing else ends a loop; the others that it had get a new one, once.
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { abortError, type Clock, isAbortError } from "@muster/kit";
import type { Log } from "@muster/service";
import { type HookCall, HookFailed } from "./hook-caller.ts";
import { MODULE_THREAD } from "./module-thread.ts";

/** Memory of a thread's objects, in MB. */
const THREAD_MB_MAX = 128;

export interface ModuleHook extends AsyncDisposable {
  /** The answer; undefined: none was given. @throws {HookFailed} */
  call(call: HookCall, signal: AbortSignal): Promise<unknown>;
  /** Takes the file anew if it has changed: questions under way are answered by the module of before. */
  look(): void;
}

type Told =
  | { readonly ready: true }
  | { readonly broken: string }
  | { readonly probe: number }
  | { readonly id: number; readonly answer?: string; readonly failure?: undefined }
  | { readonly id: number; readonly failure: string };

type Question = {
  readonly call: HookCall;
  readonly signal: AbortSignal;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** It was put to a thread that looped before. */
  isRepeat: boolean;
};

type Thread = {
  readonly worker: Worker;
  readonly questions: Map<number, Question>;
  isReady: boolean;
  /** Whether it is asked to show that it does not loop. */
  isProbed: boolean;
};

/** How long a thread has to show that it does not loop, in ms. */
const PROBE_MS = 250;

/** Loads the module at once; what is wrong with it is said in the log, and by every question. */
export function startModuleHook(
  path: string,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): ModuleHook {
  let lastId = 0;
  let changedAt = readTime(path);
  const closing = new AbortController();
  const threads = new Set<Thread>();

  const start = (): Thread => {
    const worker = new Worker(MODULE_THREAD, {
      ...{ eval: true, execArgv: [], workerData: { url: `${pathToFileURL(path).href}?${changedAt}` } },
      ...{ env: withoutOurs(process.env), resourceLimits: { maxOldGenerationSizeMb: THREAD_MB_MAX } },
    });
    const thread: Thread = { worker, questions: new Map(), isReady: false, isProbed: false };
    threads.add(thread);
    worker.unref();
    worker.on("message", (told: Told) => hear(thread, told));
    worker.on("error", (error: Error) => end(thread, `the module ended its thread: ${error.message}`));
    worker.on("exit", () => end(thread, "the module ended its thread"));
    return thread;
  };
  const hear = (thread: Thread, told: Told) => {
    if ("ready" in told) thread.isReady = true;
    else if ("broken" in told) end(thread, `the module cannot be loaded: ${told.broken}`);
    else if ("probe" in told) thread.isProbed = false;
    else {
      const question = thread.questions.get(told.id);
      thread.questions.delete(told.id);
      if (told.failure !== undefined) question?.reject(new HookFailed(`the module failed: ${told.failure}`));
      else question?.resolve(told.answer === undefined ? undefined : JSON.parse(told.answer));
      if (thread !== present && thread.questions.size === 0) stop(thread); // Its module has changed since.
    }
  };
  const stop = (thread: Thread): readonly Question[] => {
    threads.delete(thread);
    if (thread === present) present = undefined;
    const left = [...thread.questions.values()];
    thread.questions.clear();
    void thread.worker.terminate();
    return left;
  };
  /** The thread is over; whom it still had to answer is told why. */
  const end = (thread: Thread, why: string) => {
    if (!threads.has(thread)) return;
    log.error({ path, why }, "A hook's module starts anew with the next question");
    for (const { reject } of stop(thread)) reject(new HookFailed(why));
  };
  let present: Thread | undefined = start();

  const ask = (question: Question) => {
    present ??= start();
    const thread = present;
    lastId += 1;
    const id = lastId;
    thread.questions.set(id, question);
    const { call, signal, reject } = question;
    thread.worker.postMessage({ id, question: call.question, body: call.body });
    const callOff = () => {
      if (!thread.questions.delete(id)) return;
      reject(abortError());
      if (thread.isReady) void probe(thread);
    };
    signal.addEventListener("abort", callOff, { once: true });
  };
  /** A thread that takes long may be waiting for somebody; one that does not answer even this loops, and is ended. */
  const probe = async (thread: Thread) => {
    if (thread.isProbed || !threads.has(thread)) return;
    thread.isProbed = true;
    lastId += 1;
    thread.worker.postMessage({ probe: lastId });
    await clock.sleep(PROBE_MS, closing.signal).catch((error: unknown) => {
      if (!isAbortError(error)) throw error;
    });
    if (!thread.isProbed || !threads.has(thread) || closing.signal.aborted) return;
    log.error({ path }, "A hook's module loops: its thread is ended, and starts anew");
    for (const question of stop(thread)) {
      if (question.isRepeat) question.reject(new HookFailed("the module loops"));
      else ask(Object.assign(question, { isRepeat: true }));
    }
  };
  return {
    call: (call, signal) =>
      new Promise((resolve, reject) => {
        if (closing.signal.aborted || signal.aborted) return reject(abortError());
        ask({ call, signal, resolve, reject, isRepeat: false });
      }),
    look() {
      const now = readTime(path);
      if (now === changedAt) return;
      changedAt = now;
      const before = present;
      present = start();
      log.info({ path }, "Took over a hook's module that changed");
      if (before && before.questions.size === 0) stop(before);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const thread of [...threads]) for (const { reject } of stop(thread)) reject(abortError());
    },
  };
}

/** When the file changed, in ms; 0: it is not there. */
function readTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Keys of ours are no business of a module's. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("MUSTER_")));
}
