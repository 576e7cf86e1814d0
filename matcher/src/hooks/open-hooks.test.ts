// Hooks as muster.json names them: by HTTP, signed and only where events may go; by a module, in a thread that cannot stop us.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@muster/kit";
import { silentLog } from "@muster/service";
import { afterAll, expect, test, vi } from "vitest";
import { createDialRules } from "../events/dial-rules.ts";
import { createGotPoster } from "../events/got-poster.ts";
import type { EventAnswer, EventRequest, Poster } from "../events/poster.ts";
import { parseSecret, signatureHeaders } from "../events/sign-request.ts";
import type { HookCall } from "./hook-caller.ts";
import { type HookDefinition, readHooks } from "./hooks-section.ts";
import { openHooks } from "./open-hooks.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const folder = mkdtempSync(join(tmpdir(), "muster-hooks-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const call: HookCall = { hook: "gate", question: "beforeTicket", id: "before-ticket.t1.x", body: '{"a":1}' };
const always = new AbortController().signal;

function open(hook: HookDefinition, answer: Partial<EventAnswer> | Error = { status: 200, body: "" }) {
  const requests: EventRequest[] = [];
  const poster: Poster = {
    check: () => undefined,
    async post(request) {
      requests.push(request);
      if (answer instanceof Error) throw answer;
      return { status: 200, retryAfterMs: undefined, ...answer };
    },
  };
  const hooks = new Map([["gate", hook]]);
  return { requests, ...openHooks({ hooks, read: async () => hooks, poster, clock: systemClock, log: silentLog }) };
}

const http: HookDefinition = { type: "http", url: "https://hooks.example/gate", secret: SECRET };

test("a hook by HTTP is asked by a signed request, the same for every repeat", async () => {
  await using hooks = open(http, { body: '{"decision":"REFUSE"}' });
  expect(await hooks.call(call, always)).toEqual({ decision: "REFUSE" });
  const [request] = hooks.requests;
  const wallMs = Number(request?.headers["webhook-timestamp"]) * 1_000;
  expect(request).toMatchObject({
    ...{ url: "https://hooks.example/gate", body: '{"a":1}' },
    headers: signatureHeaders({ webhookId: call.id, wallMs, body: call.body }, [parseSecret("secret", SECRET)]),
  });
});

const answers = [
  { name: "nothing", answer: { status: 204 }, said: undefined },
  { name: "status 500", answer: { status: 500, body: "{}" }, said: /status 500/ },
  { name: "a redirect", answer: { status: 302 }, said: /status 302/ },
  { name: "no JSON", answer: { body: "<html>" }, said: /no JSON/ },
  { name: "lists in one another", answer: { body: "[".repeat(1_000_000) }, said: /at most 32 lists and maps/ },
  {
    name: "a map of a thousand keys",
    answer: { body: `{${Array.from({ length: 1_000 }, (_none, index) => `"k${index}":1`).join()}}` },
    said: /maps of at most 512 keys/,
  },
  { name: "not at all", answer: new Error("connect ECONNREFUSED"), said: /ECONNREFUSED/ },
];
for (const { name, answer, said } of answers) {
  test(`a hook by HTTP that answers ${name} ${said ? "has failed" : "has nothing to say"}`, async () => {
    await using hooks = open(http, answer);
    const asked = hooks.call(call, always);
    if (said) await expect(asked).rejects.toThrow(said);
    else expect(await asked).toBeUndefined();
  });
}

test("a hook at an address that events may not go to is refused at the start", async () => {
  await using poster = createGotPoster(createDialRules([]));
  const hooks = new Map([["gate", { ...http, url: "https://127.0.0.1/gate" }]]);
  const start = () => openHooks({ hooks, read: async () => hooks, poster, clock: systemClock, log: silentLog });
  expect(start).toThrow(
    expect.objectContaining({ reason: "EVENT_URL_REFUSED", metadata: { field: "hooks.gate.url" } }),
  );
});

function moduleOf(name: string, source: string): HookDefinition & { readonly path: string } {
  const path = join(folder, name);
  writeFileSync(path, source);
  return { type: "module", path };
}

test("a module is asked by the name of the question, and taken anew when it changes", async () => {
  vi.stubEnv("MUSTER_TEST_SECRET", "canary");
  const hook = moduleOf(
    "gate.mjs",
    "export const beforeTicket = async ({ a }) => ({ a, env: process.env.MUSTER_TEST_SECRET });",
  );
  await using hooks = open(hook);
  expect(await hooks.call(call, always)).toEqual({ a: 1 }); // And knows no secret of ours.
  await expect(hooks.call({ ...call, question: "matched" }, always)).rejects.toThrow(/exports no function matched/);
  writeFileSync(hook.path, "export function beforeTicket() { throw new Error('closed'); }");
  utimesSync(hook.path, 1, 1);
  await vi.waitFor(async () => expect(hooks.call(call, always)).rejects.toThrow(/closed/), { timeout: 10_000 });
});

test("a module that loops is ended, and those whom it kept waiting are answered by another thread", async () => {
  const loops =
    "let first = true; export async function beforeTicket({ loop }) { if (loop) for (;;); return { ok: true }; }";
  await using hooks = open(moduleOf("loop.mjs", loops));
  expect(await hooks.call(call, always)).toEqual({ ok: true });
  const patience = new AbortController();
  const stuck = hooks.call({ ...call, body: '{"loop":true}' }, patience.signal).catch((error: Error) => error.name);
  const behind = hooks.call(call, always);
  patience.abort();
  expect(await stuck).toBe("AbortError");
  expect(await behind).toEqual({ ok: true });
});

test("a module that is slow keeps its thread, and one that cannot be loaded says why", async () => {
  const slow =
    "export const beforeTicket = ({ wait }) => wait ? new Promise(() => {}) : ({ thread: globalThis.count = (globalThis.count ?? 0) + 1 });";
  await using hooks = open(moduleOf("slow.mjs", slow));
  expect(await hooks.call(call, always)).toEqual({ thread: 1 });
  const patience = new AbortController();
  const waits = hooks.call({ ...call, body: '{"wait":1}' }, patience.signal).catch((error: Error) => error.name);
  patience.abort();
  expect(await waits).toBe("AbortError");
  expect(await hooks.call(call, always)).toEqual({ thread: 2 });
  await using broken = open(moduleOf("broken.mjs", "import './nowhere.mjs';"));
  await expect(broken.call(call, always)).rejects.toThrow(/cannot be loaded/);
});

const files = [
  { hooks: { gate: { url: "https://a.example" } }, path: /\$\.hooks\.gate/ },
  { hooks: { gate: { url: "https://a.example", secret: "short" } }, path: /secret/ },
  { hooks: { gate: { module: "" } }, path: /\$\.hooks\.gate/ },
  { hooks: { "not a name": { module: "a.mjs" } }, path: /hooks/ },
  { hooks: { gate: { module: "a.mjs", url: "https://a.example", secret: SECRET } }, path: /\$\.hooks\.gate/ },
];
for (const { hooks, path } of files) {
  test(`readHooks() refuses ${JSON.stringify(hooks)}`, () => {
    const read = () => readHooks({ path: "/game/muster.json", directory: "/game", sections: { hooks } });
    expect(read).toThrow(expect.objectContaining({ reason: "CONFIG_INVALID", message: expect.stringMatching(path) }));
  });
}
