// docs/guides/server-sessions.md on real processes: its commands work, one after the other.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDemoWorld } from "../demo/demo-world.ts";
import { findShellCommands, runInShell } from "../guides/shell-commands.ts";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/server-sessions.md"), "utf8");
const { signal } = new AbortController();

test("the commands of the guide to server sessions work, one after the other", async () => {
  await using world = await openDemoWorld(signal);
  const tickets = [await world.startTicket("auto"), await world.startTicket("auto")];
  const [ticket] = await Promise.all(tickets.map((one) => one.becomes("COMPLETED")));
  const battleSessionId = ticket?.assignment?.battleSessionId ?? "";
  const commands = findShellCommands(guide);
  expect(commands.length).toBeGreaterThanOrEqual(2);
  for (const command of commands) {
    const { code, out, err } = await runInShell(command, ["--fleet", world.stack.fleetAddress]);
    expect({ command, code, err }).toEqual({ command, code: 0, err: "" });
    expect(out, command).toContain(battleSessionId);
  }
});
