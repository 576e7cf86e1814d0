// A headless Chromium of the system's, for tests: pages that are opened, read and worked by keys.
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { type Devtools, openDevtools } from "./devtools.ts";

export interface Chromium extends AsyncDisposable {
  openPage(): Promise<BrowserPage>;
}

export interface BrowserPage {
  /** What the page complained of: errors of scripts, of the console, of its security policy. */
  readonly complaints: readonly string[];
  /** Every address that it asked for. */
  readonly requested: readonly string[];
  /** Resolves when the page has loaded. */
  goTo(url: string): Promise<void>;
  /** The value of an expression of the page, as JSON has it. */
  read(expression: string): Promise<unknown>;
  /** Resolves as soon as the expression is true; the test's time is its bound. */
  until(expression: string): Promise<void>;
  /** Types into whatever has the focus. */
  type(text: string): Promise<void>;
  press(key: "/" | "ArrowDown" | "ArrowUp" | "Enter" | "Escape"): Promise<void>;
  /** What the system of the reader prefers. */
  prefer(scheme: "light" | "dark"): Promise<void>;
  resize(size: { readonly width: number; readonly height: number }): Promise<void>;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The program, or why there is none. */
export function findChromium(): { readonly program: string } | { readonly missing: string } {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const program = join(folder, name);
      if (isProgram(program)) return { program };
    }
  }
  return { missing: `none of ${NAMES.join(", ")} is installed` };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not in this folder.
  }
}

/** Starts it with a profile of its own. Disposing ends it, whatever it does. */
export async function startChromium(program: string): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), "muster-chromium-"));
  const flags = [
    ...["--headless", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "--no-first-run", "--disable-gpu"],
    // Where tests run as root, and in containers, there is no sandbox to be had. It is shown our own pages alone.
    ...["--no-sandbox", "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking"],
    ...["--disable-component-update", "--disable-sync", "--allow-file-access-from-files=false"],
  ];
  const child = spawn(program, flags, {
    detached: true,
    env: { PATH: process.env.PATH, HOME: profile, LANG: "C.UTF-8" },
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const [, , , questions, answers] = child.stdio;
  const devtools = openDevtools({ questions: questions as Writable, answers: answers as Readable });
  const exited = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      devtools.end(`Cannot start ${program}: ${error.message}`);
      resolve();
    });
    child.once("exit", () => resolve());
  });
  return {
    openPage: () => openPage(devtools),
    async [Symbol.asyncDispose]() {
      devtools.end("The browser was closed");
      endGroup(child.pid);
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error; // It has ended already.
  }
}

/** What was asked of a page that has gone has no answer. */
function falseWhereNavigated(error: unknown): false {
  if (error instanceof Error && /navigated|context was destroyed|Cannot find context/i.test(error.message))
    return false;
  throw error;
}

const createdSchema = z.object({ targetId: z.string() });
const attachedSchema = z.object({ sessionId: z.string() });
const evaluatedSchema = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z
    .object({ text: z.string(), exception: z.object({ description: z.string() }).partial().optional() })
    .optional(),
});
const complaintSchema = z.object({
  entry: z.object({ level: z.string(), text: z.string(), url: z.string().optional() }).optional(),
  exceptionDetails: z.object({ text: z.string() }).optional(),
});
const requestSchema = z.object({ request: z.object({ url: z.string() }) });

const KEYS = { "/": 191, ArrowDown: 40, ArrowUp: 38, Enter: 13, Escape: 27 } as const;

async function openPage(devtools: Devtools): Promise<BrowserPage> {
  const { targetId } = createdSchema.parse(await devtools.ask("Target.createTarget", { url: "about:blank" }));
  const { sessionId } = attachedSchema.parse(await devtools.ask("Target.attachToTarget", { targetId, flatten: true }));
  const ask = (method: string, params: object = {}) => devtools.ask(method, params, sessionId);
  const complaints: string[] = [];
  const requested: string[] = [];
  let loaded: (() => void) | undefined;
  devtools.onEvent((event) => {
    if (event.sessionId !== sessionId) return;
    if (event.method === "Page.loadEventFired") loaded?.();
    if (event.method === "Network.requestWillBeSent") requested.push(requestSchema.parse(event.params).request.url);
    if (event.method !== "Log.entryAdded" && event.method !== "Runtime.exceptionThrown") return;
    const { entry, exceptionDetails } = complaintSchema.parse(event.params);
    if (entry && entry.level !== "error" && entry.level !== "warning") return;
    complaints.push(entry ? `${entry.text} ${entry.url ?? ""}` : (exceptionDetails?.text ?? "an error without words"));
  });
  for (const domain of ["Page", "Network", "Log", "Runtime"]) await ask(`${domain}.enable`);

  const read = async (expression: string): Promise<unknown> => {
    const answer = await ask("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = evaluatedSchema.parse(answer);
    if (!exceptionDetails) return result.value;
    throw new Error(`The page refuses: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  };
  return {
    ...{ complaints, requested, read },
    async goTo(url) {
      const done = Promise.withResolvers<void>();
      loaded = done.resolve;
      await ask("Page.navigate", { url });
      await done.promise;
    },
    async until(expression) {
      // In the page, so that it is seen at once; asked again when the page goes, or to see whether it has gone.
      const look = `new Promise((done) => { const look = (times) => ((${expression}) ? done(true) : times === 0 ? done(false) : setTimeout(look, 10, times - 1)); look(50); })`;
      while ((await read(look).catch(falseWhereNavigated)) !== true);
    },
    type: async (text) => void (await ask("Input.insertText", { text })),
    async press(key) {
      const about = { key, code: key === "/" ? "Slash" : key, windowsVirtualKeyCode: KEYS[key] };
      const text = key === "Enter" ? "\r" : key === "/" ? "/" : undefined;
      await ask("Input.dispatchKeyEvent", { type: text === undefined ? "rawKeyDown" : "keyDown", ...about, text });
      await ask("Input.dispatchKeyEvent", { type: "keyUp", ...about });
    },
    async prefer(scheme) {
      await ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    },
    async resize({ width, height }) {
      await ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    },
  };
}
