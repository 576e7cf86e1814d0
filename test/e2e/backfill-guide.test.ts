// docs/guides/backfill.md on real processes: its commands work, and its server heard what the guide says that it does.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDemoWorld } from "../demo/demo-world.ts";
import { drawHeard } from "../guides/draw-heard.ts";
import { BACKFILL_GUIDE, findHeard, findOperatorCommands } from "../guides/guide.ts";
import { hearBackfill } from "../guides/heard-by-server.ts";
import { ROOT } from "../tidy/sources.ts";
import { muster } from "./muster-command.ts";

const guide = readFileSync(join(ROOT, BACKFILL_GUIDE), "utf8");
const { signal } = new AbortController();

test("a server hears of backfill what the guide shows (npm run examples draws it anew)", async () => {
  expect(drawHeard(await hearBackfill(signal))).toBe(findHeard(guide));
});

test("the operator's commands of the guide work, one after the other", async () => {
  await using world = await openDemoWorld(signal);
  const tickets = [await world.startTicket("auto"), await world.startTicket("auto")];
  const [ticket] = await Promise.all(tickets.map((one) => one.becomes("COMPLETED")));
  const battleSessionId = ticket?.assignment?.battleSessionId ?? "";
  const addresses = ["--matcher", world.stack.matcherAddress, "--fleet", world.stack.fleetAddress];
  const commands = findOperatorCommands(guide);
  expect(commands.length).toBeGreaterThanOrEqual(7);
  for (const command of commands) {
    const words = command.map((word) => (word === "SESSION" ? battleSessionId : word));
    const { code, out, err } = await muster([...words, ...addresses]);
    expect({ command, code, err }).toEqual({ command, code: 0, err: "" });
    expect(out, command.join(" ")).toMatch(/SEARCHING|PAUSED|CANCELLED/);
  }
});
