import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  foreignEnvironment,
  guardGroup,
  isAlive,
  type RunningProcess,
  readProcessStart,
  signalGroup,
  startProcess,
} from "./processes.ts";

const node = process.execPath;
const lifelineUrl = new URL("./processes.ts", import.meta.url).href;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Starts a process that prints lines; `line(n)` resolves with the n-th. */
function startPrinting(command: readonly string[], lifeline = false) {
  const lines: string[] = [];
  const child = startProcess({ command, env: {}, output: { onLine: (line) => void lines.push(line) }, lifeline });
  const line = async (index: number) => {
    await until(() => lines.length > index);
    return lines[index];
  };
  return { child, line };
}

const exits: readonly { name: string; command: readonly string[]; cwd?: string; how: string }[] = [
  { name: "an exit code", command: [node, "-e", "process.exit(3)"], how: "exit 3" },
  { name: "a signal", command: [node, "-e", "process.kill(process.pid, 'SIGKILL')"], how: "SIGKILL" },
  {
    name: "a program that is not there",
    command: ["/nowhere/program"],
    how: "not started: there is no program /nowhere/program",
  },
  { name: "a file that is no program", command: ["/etc/passwd"], how: "not started: /etc/passwd may not be run" },
  {
    name: "a folder that is not there",
    command: [node],
    cwd: "/nowhere",
    how: "not started: there is no folder /nowhere",
  },
];
for (const { name, command, cwd, how } of exits) {
  test(`startProcess() tells ${name}`, async () => {
    const child = startProcess({ command, env: {}, output: "inherit", ...(cwd && { cwd }) });
    expect((await child.exited).how).toEqual(how);
  });
}

test("startProcess() appends the output to a file", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "muster-")), "logs", "out.log");
  for (const word of ["one", "two"]) {
    await startProcess({ command: [node, "-p", `'${word}'`], env: {}, output: { file } }).exited;
  }
  expect(await readFile(file, "utf8")).toBe("one\ntwo\n");
});

test("signalGroup() ends grandchildren too", async () => {
  const { child, line } = startPrinting(["/bin/sh", "-c", "sleep 60 & echo $!; wait"]);
  const grandchild = Number(await line(0));
  expect(isAlive(grandchild)).toBe(true);
  child.signalGroup("SIGKILL");
  await child.exited;
  await until(() => !isAlive(grandchild));
});

test("watchLifeline() aborts when the parent is killed", async () => {
  const grandchild = `import { watchLifeline } from ${JSON.stringify(lifelineUrl)};
    setInterval(() => undefined, 1000);
    watchLifeline(process.env).addEventListener("abort", () => process.exit(0));
    console.log(process.pid);`;
  const parent = `import { startProcess } from ${JSON.stringify(lifelineUrl)};
    setInterval(() => undefined, 1000);
    startProcess({ command: [process.execPath, "--input-type=module", "-e", ${JSON.stringify(grandchild)}], env: {},
      output: "inherit", lifeline: true });`;
  const { child, line } = startPrinting([node, "--input-type=module", "-e", parent]);
  const pid = Number(await line(0));
  expect(isAlive(pid)).toBe(true);
  process.kill(child.pid as number, "SIGKILL");
  await until(() => !isAlive(pid));
});

test("guardGroup() ends the group after the grace when its maker is killed", async () => {
  const maker = `import { guardGroup, startProcess } from ${JSON.stringify(lifelineUrl)};
    setInterval(() => undefined, 1000);
    const child = startProcess({ command: ["/bin/sleep", "60"], env: {}, output: "inherit" });
    const guard = guardGroup(child.pid, 100);
    console.log(child.pid + " " + guard.pid);`;
  const { child, line } = startPrinting([node, "--input-type=module", "-e", maker]);
  const [group, guard] = String(await line(0))
    .split(" ")
    .map(Number) as [number, number];
  process.kill(child.pid as number, "SIGKILL");
  await until(() => !isAlive(group) && !isAlive(guard));
});

test("guardGroup() leaves the group alone once released", async () => {
  const child: RunningProcess = startProcess({ command: ["/bin/sleep", "60"], env: {}, output: "inherit" });
  const guard = guardGroup(child.pid as number, 0);
  guard.release();
  await until(() => !isAlive(guard.pid as number));
  expect(signalGroup(child.pid as number, 0)).toBe(true);
  child.signalGroup("SIGKILL");
  await child.exited;
});

const environments = [
  { name: "our condition", env: { NODE_OPTIONS: "--conditions=@muster/source" }, clean: {} },
  { name: "our secrets", env: { MUSTER_PROCESS_SECRET: "s", PATH: "/bin" }, clean: { PATH: "/bin" } },
  { name: "our lifeline", env: { MUSTER_LIFELINE_FD: "3" }, clean: {} },
  {
    name: "our condition and keeps the user's flags",
    env: { NODE_OPTIONS: "--trace-gc -C @muster/source --inspect" },
    clean: { NODE_OPTIONS: "--trace-gc --inspect" },
  },
];
for (const { name, env, clean } of environments) {
  test(`foreignEnvironment() drops ${name}`, () => {
    expect(foreignEnvironment(env, ["MUSTER_PROCESS_SECRET"])).toEqual(clean);
  });
}

test("readProcessStart() takes a process that has ended for gone, though nobody has collected it", async () => {
  // The shell becomes a program that knows nothing of its child.
  const { child, line } = startPrinting(["/bin/sh", "-c", "/bin/sleep 0.2 & echo $!; exec /bin/sleep 30"]);
  const zombie = Number(await line(0));
  expect(readProcessStart(zombie)).toMatch(/^\d+$/);
  await until(() => readProcessStart(zombie) === "unknown");
  expect(isAlive(zombie)).toBe(true);
  child.signalGroup("SIGKILL");
  await child.exited;
});
