import { readFileSync } from "node:fs";
import { appendFile, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@muster/kit";
import { readProcessStart, signalGroup, startProcess } from "@muster/kit/processes";
import type { ProcessId } from "@muster/proto";
import { expect, test } from "vitest";
import { createNodeProcesses } from "./node-processes.ts";

const processId = "proc_1" as ProcessId;

async function folderWith(text: string) {
  const folder = await mkdtemp(join(tmpdir(), "muster-"));
  await writeFile(join(folder, "proc_1.log"), text);
  const processes = createNodeProcesses({ folder, orphanGraceMs: 0, matchers: "", env: {}, clock: systemClock });
  return { folder, processes };
}

const rows = [
  { name: "all of it", tailBytes: 0, text: "one\ntwo\n" },
  { name: "its end", tailBytes: 4, text: "two\n" },
  { name: "all of it where the end is longer", tailBytes: 100, text: "one\ntwo\n" },
];
for (const { name, tailBytes, text } of rows) {
  test(`readLog() reads ${name}`, async () => {
    const { processes } = await folderWith("one\ntwo\n");
    const chunks: Uint8Array[] = [];
    const how = { tailBytes, follow: false, hasEnded: () => false };
    for await (const chunk of processes.readLog(processId, how, new AbortController().signal)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe(text);
  });
}

test("readLog() follows what is written, until the process has ended", async () => {
  const { folder, processes } = await folderWith("one\n");
  let hasEnded = false;
  const how = { tailBytes: 0, follow: true, hasEnded: () => hasEnded };
  const seen: string[] = [];
  for await (const chunk of processes.readLog(processId, how, new AbortController().signal)) {
    seen.push(Buffer.from(chunk).toString());
    if (seen.length === 1) await appendFile(join(folder, "proc_1.log"), "two\n");
    else hasEnded = true;
  }
  expect(seen).toEqual(["one\n", "two\n"]);
});

test("readLog() of a process that never printed is empty", async () => {
  const { processes } = await folderWith("");
  const how = { tailBytes: 0, follow: false, hasEnded: () => false };
  const chunks: Uint8Array[] = [];
  const other = processes.readLog("proc_2" as ProcessId, how, new AbortController().signal);
  for await (const chunk of other) chunks.push(chunk);
  expect(chunks).toEqual([]);
});

/** A process in a group of its own that would live for a minute. */
function startSleeper() {
  const child = startProcess({ command: ["/bin/sleep", "60"], env: {}, output: "inherit" });
  const pid = child.pid ?? 0;
  return { child, recorded: { pid, start: readProcessStart(pid) } };
}

test("forget() removes log and record of the process, and of no other", async () => {
  const { folder, processes } = await folderWith("printed");
  await writeFile(join(folder, "proc_1.log.json"), "{}");
  await writeFile(join(folder, "proc_2.log"), "printed");
  processes.forget(processId);
  processes.forget(processId);
  expect(await readdir(folder)).toEqual(["proc_2.log"]);
});

test("sweep() kills the sidecar and the game of the record, hung or not", async () => {
  const { folder, processes } = await folderWith("");
  const [sidecar, game] = [startSleeper(), startSleeper()];
  sidecar.child.signalGroup("SIGSTOP");
  await writeFile(join(folder, "proc_1.log.json"), JSON.stringify({ ...game.recorded, sidecar: sidecar.recorded }));
  processes.sweep(processId);
  expect((await sidecar.child.exited).how).toBe("SIGKILL");
  expect((await game.child.exited).how).toBe("SIGKILL");
});

test("afflict() strikes the game that the record names, or game and sidecar, and no later process of the number", async () => {
  const { folder, processes } = await folderWith("");
  const [sidecar, game] = [startSleeper(), startSleeper()];
  const record = (start: string) => JSON.stringify({ ...game.recorded, start, sidecar: sidecar.recorded });
  await writeFile(join(folder, "proc_1.log.json"), record("1"));
  processes.afflict(processId, "crash");
  expect(signalGroup(game.recorded.pid, 0)).toBe(true);
  await writeFile(join(folder, "proc_1.log.json"), record(game.recorded.start));
  const stateOf = ({ recorded: { pid } }: typeof game) =>
    /\) (?<state>\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.groups?.state;
  processes.afflict(processId, "freeze");
  await expect.poll(() => [stateOf(game), stateOf(sidecar)]).toEqual(["T", "T"]);
  processes.afflict(processId, "thaw");
  await expect.poll(() => [stateOf(game), stateOf(sidecar)]).toEqual(["S", "S"]);
  processes.afflict(processId, "freeze-game");
  await expect.poll(() => [stateOf(game), stateOf(sidecar)]).toEqual(["T", "S"]);
  processes.afflict(processId, "crash");
  expect((await game.child.exited).how).toBe("SIGKILL");
  processes.afflict(processId, "crash"); // Nobody is left to strike.
  sidecar.child.signalGroup("SIGKILL");
  await sidecar.child.exited;
});

test("sweep() leaves a later process of the same number alone", async () => {
  const { folder, processes } = await folderWith("");
  const stranger = startSleeper();
  await writeFile(join(folder, "proc_1.log.json"), JSON.stringify({ pid: stranger.recorded.pid, start: "1" }));
  processes.sweep(processId);
  processes.sweep("proc_without_a_record" as ProcessId);
  expect(signalGroup(stranger.recorded.pid, 0)).toBe(true);
  stranger.child.signalGroup("SIGKILL");
  await stranger.child.exited;
});
