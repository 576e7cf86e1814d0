// The guide "Your own server in an hour" as somebody follows it who has nothing but the packed packages: its files as they stand there,
// its commands, its players.
import { spawn } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findFreePort } from "@muster/cli";
import { expect } from "vitest";
import type { Consumer } from "../pack/consumer.ts";
import { startMuster } from "./muster-command.ts";
import { markRun, nothingLeft } from "./orphans.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GUIDE = join(ROOT, "docs/guides/your-own-server.md");
const STOP_MS = 15_000;

/** Files of the guide by their names, which the first line of each tells. JSON has no remarks: there that line is left out. */
export function filesOf(guide: string): ReadonlyMap<string, string> {
  const blocks = guide.matchAll(/^```(?<language>js|json)\n\/\/ (?<name>[a-z.]+)(?<rest>[^\n]*\n)(?<text>.*?)^```$/gms);
  return new Map(
    Array.from(blocks, ({ groups = {} }) => {
      const { language, name = "", rest = "", text = "" } = groups;
      return [name, language === "js" ? `// ${name}${rest}${text}` : text];
    }),
  );
}

/** Writes the guide's files to a folder of the consumer's, and tests them there with both runners. */
export async function testOwnServer(consumer: Consumer): Promise<string> {
  const folder = join(consumer.folder, "own");
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  for (const [name, text] of filesOf(await readFile(GUIDE, "utf8"))) await writeFile(join(folder, name), text);
  const nodeTest = await consumer.run(["node", "--test", "--test-reporter=tap", "own/seats.test.mjs"]);
  expect(nodeTest.out).toMatch(/^# pass 1$/m);
  // Everybody has a vitest of their own; here it is the one that runs this, so that nothing is downloaded.
  await symlink(join(ROOT, "node_modules/vitest"), join(consumer.folder, "node_modules/vitest"));
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const { out } = await consumer.run(["node", vitest, "run", "seats.vitest", "--root", "own", "--reporter=tap-flat"]);
  expect(out).toMatch(/^ok 1 .*a player who never comes/m);
  return folder;
}

/** Runs it under `muster dev --watch`: two players come, a third by backfill, one leaves, and another has the seat. */
export async function playOnOwnServer(consumer: Consumer, folder: string): Promise<void> {
  const run = markRun();
  const [matcherPort, fleetPort] = [await findFreePort(), await findFreePort()];
  const ports = ["--matcher-port", String(matcherPort), "--fleet-port", String(fleetPort)];
  const addresses = ["--matcher", `127.0.0.1:${matcherPort}`, "--fleet", `127.0.0.1:${fleetPort}`];
  const muster = async (...args: string[]) => {
    const { out } = await consumer.run(["npx", "muster", ...args, ...addresses, "--json"], run.env);
    return out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  };
  await using dev = startMuster(["dev", "--watch", ...ports], {
    program: [join(consumer.folder, "node_modules/.bin/muster")],
    inherits: consumer.env,
    env: run.env,
    cwd: folder,
  });
  await dev.line(/^Ready/);
  const start = async (players: number) => {
    const [ticket] = await muster("ticket", "start", "--players", String(players));
    expect(ticket).toMatchObject({ state: "COMPLETED" });
    return ticket.assignment;
  };
  const enter = ({ address, players }: Assignment, index = 0) => {
    // Everybody in the battle is named; ids are for the ticket's own players.
    const own = players.filter(({ playerSessionId }) => playerSessionId);
    const playerSession = own[index]?.playerSessionId ?? "";
    return startClient(consumer, folder, [address.host, String(address.ports.game), playerSession]);
  };

  const first = await start(2);
  using ann = enter(first, 0);
  await ann.hears(/is here, 1 in all/);
  using ben = enter(first, 1);
  await ann.hears(/is here, 2 in all/);
  const [backfill] = await muster("backfill", "list");
  expect(backfill).toMatchObject({ state: "SEARCHING" });

  const second = await start(1);
  expect(second).toMatchObject({ battleSessionId: first.battleSessionId, address: first.address });
  using cleo = enter(second);
  await ann.hears(/is here, 3 in all/);
  cleo.say("hello");
  await ben.hears(/: hello$/);

  ben.leave();
  await ann.hears(/has left/);
  const third = await start(1);
  expect(third.battleSessionId).toBe(first.battleSessionId);
  using dan = enter(third);
  await dan.hears(/is here, 3 in all/);

  dev.child.kill("SIGINT");
  expect((await dev.finished).code).toBe(0);
  await nothingLeft(run, [matcherPort, fleetPort], STOP_MS);
}

type Assignment = {
  readonly address: { readonly host: string; readonly ports: Readonly<Record<string, number>> };
  readonly players: readonly { readonly playerSessionId?: string }[];
};

/** The guide's client, as a process. Disposing ends it. */
function startClient(consumer: Consumer, cwd: string, args: readonly string[]) {
  const child = spawn("node", ["client.mjs", ...args], {
    cwd,
    env: { ...consumer.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const heard: string[] = [];
  const looks = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    heard.push(line);
    for (const look of looks) look();
  });
  const gone = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`The client has ended. It heard: ${heard.join(" | ")}`)));
  });
  gone.catch(() => undefined); // For whoever waits for a line.
  return {
    /** Resolves once a line that fits was heard. */
    hears: (wanted: RegExp) =>
      Promise.race([
        gone,
        new Promise<void>((resolve) => {
          const look = () => {
            if (!heard.some((line) => wanted.test(line))) return;
            looks.delete(look);
            resolve();
          };
          looks.add(look);
          look();
        }),
      ]),
    say: (line: string) => void child.stdin.write(`${line}\n`),
    /** As by Ctrl-C. */
    leave: () => void child.kill("SIGINT"),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
