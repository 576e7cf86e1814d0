// Event push on real processes: a matcher that is killed with -9 again and again, while a receiver takes its events, answers late, or
// refuses them. Nothing is lost, nothing overtakes, and every repeat is the same to the byte.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "@muster/cli";
import { startProcess } from "@muster/kit/processes";
import { type BackendEvent, connectMatcher, verifyEvents } from "@muster/sdk/backend";
import { expect, test } from "vitest";

const SECRET = "whsec_ZXhhbXBsZXMvYXJlbmEgb24gdGhpcyBtYWNoaW5l";
const KILLS = 4;
const TICKETS_PER_LIFE = 60;
const MATCHER = fileURLToPath(new URL("../../matcher/src/main.ts", import.meta.url));
const RULES = { version: "v1.0", teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1 })) };

/** Takes most of what it is sent, and keeps what it took and every text by its id. */
async function openReceiver() {
  const taken: BackendEvent[] = [];
  const texts = new Map<string, Set<string>>();
  let requests = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests += 1;
    const id = String(request.headers["webhook-id"]);
    texts.set(id, (texts.get(id) ?? new Set()).add(body));
    const events = verifyEvents({ headers: request.headers, body }, { secrets: [SECRET] });
    if (requests % 7 === 0) return void response.writeHead(503).end();
    taken.push(...events);
    if (requests % 11 === 0) return void request.socket.destroy(); // Taken, and nobody hears of it.
    response.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    taken,
    texts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test("a matcher that is killed while it pushes loses no event, and repeats each to the byte", {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-events-"));
  await using receiver = await openReceiver();
  const config = join(folder, "muster.json");
  await writeFile(
    config,
    JSON.stringify({
      ruleSets: { duel: RULES },
      configurations: [{ name: "group", ruleSet: "duel", requestTimeoutSeconds: 600 }],
      eventTargets: [{ name: "backend", url: receiver.url, secret: SECRET }],
    }),
  );
  const [port, httpPort] = [await findFreePort(), await findFreePort()];
  const start = () =>
    startProcess({
      command: [process.execPath, "--conditions=@muster/source", MATCHER],
      env: {
        ...{ PATH: process.env.PATH ?? "", MUSTER_CONFIG: config, MUSTER_DATA: folder, MUSTER_TAKE_OVER: "true" },
        ...{ MUSTER_MATCHER_BIND: `127.0.0.1:${port}`, MUSTER_MATCHER_HTTP: `127.0.0.1:${httpPort}` },
        ...{ MUSTER_FLEET_ADDRESS: "127.0.0.1:9", MUSTER_EVENT_NETWORKS: "127.0.0.0/8", MUSTER_LOG_LEVEL: "error" },
      },
      output: { onLine: () => undefined },
      lifeline: true,
    });
  const matcher = connectMatcher({ address: `127.0.0.1:${port}` });
  let started = 0;
  let run = start();
  for (let life = 0; life <= KILLS; life += 1) {
    for (let index = 0; index < TICKETS_PER_LIFE; index += 1) {
      started += 1;
      const players = [{ playerId: `player-${started}` }];
      await matcher.startMatching({ ticketId: `t-${started}`, configuration: "group", players });
    }
    if (life === KILLS) break;
    run.signalGroup("SIGKILL");
    await run.exited;
    run = start();
  }
  const completed = () =>
    new Set(receiver.taken.filter(({ type }) => type === "TICKET_COMPLETED").map(({ id }) => id)).size;
  while (completed() < started) await new Promise((resolve) => setImmediate(resolve));
  run.signalGroup("SIGTERM");
  await run.exited;
  await matcher.close();
  await rm(folder, { recursive: true });

  const last = new Map<string, number>();
  for (const { id, number } of receiver.taken) {
    const subject = id.slice(0, id.lastIndexOf("."));
    expect(number).toBeLessThanOrEqual((last.get(subject) ?? 0) + 1);
    last.set(subject, Math.max(number, last.get(subject) ?? 0));
  }
  expect([...receiver.texts].filter(([, bodies]) => bodies.size > 1)).toEqual([]);
  expect(last.size).toBe(started);
});
