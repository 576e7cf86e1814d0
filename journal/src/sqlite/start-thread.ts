// Starts a thread of this package: from source here, from JavaScript in the published build.
//
// Node takes the types out of source with a WebAssembly module, in each thread one of its own. V8 does not bear several of
// them that come and go: now and then the whole process ends with SIGSEGV or SIGTRAP. So no thread of ours takes out
// types: it asks the main thread for its modules (thread-source.js), which takes them out for all.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker, workerData } from "node:worker_threads";

/** Where a thread asks for modules. `answered` turns 1 once the answer lies on `port`. */
export type ThreadSource = { readonly port: MessagePort; readonly answered: Int32Array };
/** What is asked: a module by its URL, or to listen to another thread, one that the asking one has started. */
type Asked = string | ThreadSource;
export type Answer = { readonly source: string } | { readonly failure: string };

/** What stands in for the WebAssembly of each thread: modules without their types, by URL. */
const sources = new Map<string, string>();

/** Runs the file `name`, as seen from the module at `moduleUrl`, as a thread that finds `data` as its `workerData`. */
export function startThread(name: string, moduleUrl: string, data: Readonly<Record<string, unknown>>): Worker {
  // What else this process was started with is no business of the thread.
  if (!moduleUrl.endsWith(".ts")) {
    return new Worker(new URL(`./${name}.js`, moduleUrl), { execArgv: [], workerData: data });
  }
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const ours: ThreadSource | undefined = workerData?.threadSource;
  if (ours) ours.port.postMessage({ port: port1, answered } satisfies Asked, [port1]);
  else answer({ port: port1, answered });
  return new Worker(new URL(`./${name}.ts`, moduleUrl), {
    execArgv: ["--conditions=@muster/source", "--import", new URL("./thread-source.js", import.meta.url).href],
    workerData: { ...data, threadSource: { port: port2, answered } satisfies ThreadSource },
    transferList: [port2],
  });
}

function answer({ port, answered }: ThreadSource): void {
  port.on("message", (asked: Asked) => {
    if (typeof asked !== "string") return answer(asked);
    port.postMessage(read(asked));
    Atomics.store(answered, 0, 1);
    Atomics.notify(answered, 0);
  });
  port.unref();
}

function read(url: string): Answer {
  try {
    const source = sources.get(url) ?? withoutTypes(readFileSync(fileURLToPath(url), "utf8"));
    sources.set(url, source);
    return { source };
  } catch (error) {
    return { failure: `Cannot read ${url} for a thread: ${error instanceof Error ? error.message : error}` };
  }
}

function withoutTypes(text: string): string {
  // Node says of this function that it may still change, on every process's first use. Who runs Muster cannot change that.
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}
