// docs/guides/server-sessions.md on real processes: its commands work, one after the other.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MusterError } from "@muster/proto";
import { SessionState } from "@muster/proto/session";
import { expect, test } from "vitest";
import { openDemoWorld } from "../demo/demo-world.ts";
import { patiently } from "../demo/patiently.ts";
import { findShellCommands, runInShell } from "../guides/shell-commands.ts";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/server-sessions.md"), "utf8");
const { signal } = new AbortController();

test("the commands of the guide to server sessions work, one after the other", async () => {
  await using world = await openDemoWorld(signal);
  await patiently(async () => {
    const ready = (await world.processes()).filter(({ fleet, state }) => fleet === "wide" && state === "READY");
    if (ready.length < 2) throw new MusterError("FLEET_FULL", "Cannot go on before both processes are ready");
  });
  const commands = findShellCommands(guide);
  expect(commands.length).toBeGreaterThanOrEqual(11);
  for (const command of commands) {
    const { code, out, err } = await runInShell(command, ["--fleet", world.stack.fleetAddress]);
    expect({ command, code, err }).toEqual({ command, code: 0, err: "" });
    expect(out, command).toMatch(/^SESSION .*ROSTER$|^No such seats\.$/m);
  }
  const { sessions } = await world.fleet.fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true });
  expect(sessions.map(({ name, creatorId, capacity }) => [name, creatorId, capacity])).toEqual([
    ["Ann's room", "ann", 8],
    ["Training", "", 4],
  ]);
  expect(sessions.at(-1)?.state).toBe(SessionState.TERMINATED);
});
