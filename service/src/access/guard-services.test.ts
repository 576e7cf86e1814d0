import { createVirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import { BackfillServiceDefinition, MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import { type CallContext, type Caller, type Role, roles } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import { silentLog } from "../log.ts";
import { type Access, hashKey, OPEN_ACCESS } from "./access-config.ts";
import { type GuardOptions, guardServices } from "./guard-services.ts";
import { createKeyring } from "./keyring.ts";
import { rights } from "./rights.ts";

const keyOf = (role: string) => `${role}-key-of-at-least-thirty-two-characters`;

const everyRole: Access = {
  ...OPEN_ACCESS,
  identities: roles.map((role) => ({
    ...{ name: role.toLowerCase(), role, project: "arena", rate: undefined },
    proof: { sha256: hashKey(keyOf(role)) },
  })),
};

type Call = {
  readonly path: string;
  readonly request?: unknown;
  readonly token?: string;
  readonly certificate?: string;
  readonly project?: string;
};

/** Every method of every service behind the guard; a call that arrives answers with its caller. */
function world(access: Access, options: Partial<GuardOptions> = {}) {
  const clock = createVirtualClock();
  const keyring = createKeyring(access);
  const seen: CallContext[] = [];
  const hold: (() => void)[] = [];
  const definitions = [BackfillServiceDefinition, MatchmakingServiceDefinition];
  const services = definitions.map((definition) => ({
    definition,
    handlers: Object.fromEntries(
      Object.entries(definition.methods).map(([name, { responseStream }]) => {
        if (!responseStream) {
          return [
            name,
            async (request: { wait?: boolean }, context: CallContext) => {
              seen.push(context);
              if (request.wait) await new Promise<void>((resolve) => hold.push(resolve));
              return context.caller;
            },
          ];
        }
        return [
          name,
          async function* (_request: unknown, context: CallContext) {
            seen.push(context);
            yield context.caller;
            await new Promise<void>((_, reject) => {
              context.signal.addEventListener("abort", () => reject(context.signal.reason), { once: true });
            });
          },
        ];
      }),
    ),
  }));
  const guarded = guardServices(services, { keyring, clock, log: silentLog, ...options });
  const find = (path: string) => {
    for (const { definition, handlers } of guarded) {
      for (const [name, method] of Object.entries(definition.methods)) {
        if (path === `${definition.fullName}/${method.name}`.replace("muster.matchmaking.v1.", ""))
          return handlers[name];
      }
    }
    throw new Error(`No method ${path}`);
  };
  const context = ({ token = "", certificate, project }: Omit<Call, "path">): CallContext => ({
    ...{ signal: new AbortController().signal, token, peer: "test" },
    ...(certificate === undefined ? {} : { certificate }),
    ...(project === undefined ? {} : { project }),
  });
  return {
    ...{ clock, keyring, seen, hold },
    call: ({ path, request = {}, ...who }: Call): Promise<Caller> => find(path)?.(request, context(who)),
    stream: ({ path, request = {}, ...who }: Call): AsyncIterable<Caller> => find(path)?.(request, context(who)),
  };
}

const start = (playerId = "ada") => ({ players: [{ playerId }] });

test("guardServices() lets everybody do everything where no keys are configured", async () => {
  const { call } = world(OPEN_ACCESS);
  const caller = await call({ path: "MatchmakingService/StartMatching", request: start(), token: "whatever" });
  expect(caller).toEqual({ name: "anybody", role: "OPERATOR", project: "*" });
});

const inProjects: readonly { name: string; token: string; project: string | undefined; meets: string }[] = [
  { name: "of one project that names none", token: "ONE", project: undefined, meets: "arena" },
  { name: "of one project that names it", token: "ONE", project: "arena", meets: "arena" },
  { name: "of one project that names another", token: "ONE", project: "rival", meets: "NOT_PERMITTED" },
  { name: "of one project that names all", token: "ONE", project: "*", meets: "NOT_PERMITTED" },
  { name: "for all projects that names none", token: "ALL", project: undefined, meets: "*" },
  { name: "for all projects that names one", token: "ALL", project: "rival", meets: "rival" },
  { name: "for all projects that names what is none", token: "ALL", project: "a b", meets: "ID_MALFORMED" },
];
for (const { name, token, project, meets } of inProjects) {
  test(`guardServices() meets a caller ${name} with ${meets}`, async () => {
    const [identity] = everyRole.identities;
    if (!identity) throw new Error("there are roles");
    const identities = ["ONE", "ALL"].map((one) => ({
      ...{ ...identity, name: one, role: "BACKEND" as const, project: one === "ONE" ? "arena" : "*" },
      proof: { sha256: hashKey(keyOf(one)) },
    }));
    const { call } = world({ ...everyRole, identities });
    const asked = { path: "MatchmakingService/StartMatching", request: start(), token: keyOf(token) };
    const answered = await call(project === undefined ? asked : { ...asked, project }).then(
      (caller) => caller.project,
      (error: MusterError) => error.reason,
    );
    expect(answered).toBe(meets);
  });
}

for (const role of roles) {
  test(`guardServices() lets ${role} call what the table says, and refuses the rest before a handler`, async () => {
    const { call, stream, seen } = world(everyRole);
    for (const [path, right] of rights) {
      const short = path.replace("/muster.matchmaking.v1.", "");
      if (!/^(?:BackfillService|MatchmakingService)\//.test(short)) continue;
      const before = seen.length;
      const asked = { path: short, request: { ...start(), capability: "" }, token: keyOf(role) };
      const work = /\/Watch|Stream$/.test(short)
        ? stream(asked)
            [Symbol.asyncIterator]()
            .next()
            .then(({ value }) => value)
        : call(asked);
      if (right.roles.includes(role)) {
        await expect(work).resolves.toEqual({ name: role.toLowerCase(), role, project: "arena" });
      } else {
        await expect(work).rejects.toMatchObject({ reason: "NOT_PERMITTED", metadata: { role } });
        expect(seen.length).toBe(before);
      }
    }
  });
}

const rows: readonly { name: string; call: Call; reason: string }[] = [
  { name: "a call without a key", call: { path: "MatchmakingService/StartMatching" }, reason: "CREDENTIALS_INVALID" },
  {
    name: "a key that nobody has",
    call: { path: "MatchmakingService/StartMatching", token: keyOf("NOBODY") },
    reason: "CREDENTIALS_INVALID",
  },
  {
    name: "a key that nobody has beside a capability",
    call: { path: "BackfillService/CancelBackfill", request: { capability: "c" }, token: keyOf("NOBODY") },
    reason: "CREDENTIALS_INVALID",
  },
  {
    name: "a backfill command without key and capability",
    call: { path: "BackfillService/StartBackfill", request: { capability: "" } },
    reason: "CREDENTIALS_INVALID",
  },
  {
    name: "a backend that has a capability",
    call: { path: "BackfillService/CancelBackfill", request: { capability: "c" }, token: keyOf("BACKEND") },
    reason: "NOT_PERMITTED",
  },
  {
    name: "the certificate of somebody unknown",
    call: { path: "MatchmakingService/StartMatching", certificate: "mallory" },
    reason: "CREDENTIALS_INVALID",
  },
];

for (const { name, call: asked, reason } of rows) {
  test(`guardServices() refuses ${name}, and shows no key in what it says`, async () => {
    const { call, seen } = world(everyRole);
    const error = await call(asked).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(MusterError);
    expect(error).toMatchObject({ reason });
    if (asked.token) expect(JSON.stringify(error) + String(error)).not.toContain(asked.token);
    expect(seen).toEqual([]);
  });
}

test("guardServices() takes a capability for a game server's proof, of whatever project its session is", async () => {
  const { call } = world(everyRole);
  const request = { capability: "c" };
  const holder = { name: "", role: "GAME_SERVER", project: undefined };
  await expect(call({ path: "BackfillService/CancelBackfill", request })).resolves.toEqual(holder);
  const withKey = { path: "BackfillService/CancelBackfill", request, token: keyOf("GAME_SERVER") };
  await expect(call(withKey)).resolves.toEqual(holder);
});

test("guardServices() knows the holder of a certificate by its common name", async () => {
  const proof = { commonName: "arena-backend" };
  const identity = { name: "arena-backend", role: "BACKEND" as Role, project: "arena", rate: undefined, proof };
  const { call } = world({ ...OPEN_ACCESS, identities: [identity] });
  const caller = await call({
    path: "MatchmakingService/StartMatching",
    request: start(),
    certificate: "arena-backend",
  });
  expect(caller).toEqual({ name: "arena-backend", role: "BACKEND", project: "arena" });
});

test("guardServices() cuts the streams of a key that no longer counts, and refuses its calls", async () => {
  const { keyring, stream, call } = world(everyRole);
  const token = keyOf("BACKEND");
  const watching = stream({ path: "MatchmakingService/WatchTickets", token })[Symbol.asyncIterator]();
  await watching.next();
  const next = watching.next();
  keyring.replace({ ...everyRole, identities: everyRole.identities.filter(({ role }) => role !== "BACKEND") });
  await expect(next).rejects.toMatchObject({ reason: "CREDENTIALS_INVALID" });
  await expect(call({ path: "MatchmakingService/StartMatching", request: start(), token })).rejects.toMatchObject({
    reason: "CREDENTIALS_INVALID",
  });
});

test("guardServices() leaves streams alone whose key stays, whatever else changes", async () => {
  const { keyring, stream } = world(everyRole);
  const watching = stream({ path: "MatchmakingService/WatchTickets", token: keyOf("BACKEND") });
  const reader = watching[Symbol.asyncIterator]();
  await reader.next();
  keyring.replace({ ...everyRole, perKey: { perSecond: 5, burst: 5 } });
  const ended = reader.next().then(
    () => "ended",
    () => "ended",
  );
  await expect(Promise.race([ended, Promise.resolve("open")])).resolves.toBe("open");
});

test("guardServices() lets a key call as often as it may, then says when to come again", async () => {
  const { call, clock, seen } = world({ ...everyRole, perKey: { perSecond: 10, burst: 2 } });
  const asked = { path: "MatchmakingService/StartMatching", request: start(), token: keyOf("BACKEND") };
  await call(asked);
  await call(asked);
  await expect(call(asked)).rejects.toMatchObject({
    ...{ reason: "OVERLOADED", retry: "backoff" },
    metadata: { limit: "10", retryAfterMs: "100" },
  });
  expect(seen.length).toBe(2);
  await call({ ...asked, token: keyOf("OPERATOR") });
  await clock.advance(100);
  await call(asked);
});

test("guardServices() counts each player's tickets over all keys, and each player once a call", async () => {
  const { call } = world({ ...everyRole, perPlayer: { perSecond: 1, burst: 1 } });
  const asked = (playerId: string, role: Role) => {
    return { path: "MatchmakingService/StartMatching", request: start(playerId), token: keyOf(role) };
  };
  await call(asked("ada", "BACKEND"));
  await expect(call(asked("ada", "OPERATOR"))).rejects.toMatchObject({ metadata: { retryAfterMs: "1000" } });
  await call(asked("bob", "BACKEND"));
});

for (const method of ["StartMatchingBatch", "StartMatchingStream"]) {
  test(`guardServices() lets ${method} ask for each of its tickets whether its players come too often`, async () => {
    const { call, stream, seen } = world({ ...everyRole, perPlayer: { perSecond: 1, burst: 1 } });
    const token = keyOf("BACKEND");
    if (method.endsWith("Batch")) await call({ path: `MatchmakingService/${method}`, token });
    else
      await stream({ path: `MatchmakingService/${method}`, token })
        [Symbol.asyncIterator]()
        .next();
    const [context] = seen;
    const asked = ["ada", "ada", "bob", "ada"].map((playerId) => context?.admitPlayers?.([playerId])?.reason);
    expect(asked).toEqual([undefined, "OVERLOADED", undefined, "OVERLOADED"]);
    expect(context?.admitPlayers?.(["cid", "cid"])).toBeUndefined(); // Once in one ticket.
    await expect(
      call({ path: "MatchmakingService/StartMatching", request: start("ada"), token }),
    ).rejects.toMatchObject({ metadata: { retryAfterMs: "1000" } });
  });
}

test("guardServices() turns calls away when there is no room, lets game servers through, and has room again", async () => {
  const { call, hold, seen } = world(everyRole, { callsMax: 1 });
  const asked = { path: "MatchmakingService/StartMatching", token: keyOf("BACKEND") };
  const first = call({ ...asked, request: { ...start(), wait: true } });
  await expect(call({ ...asked, request: start() })).rejects.toMatchObject({
    ...{ reason: "OVERLOADED", metadata: { limit: "1", retryAfterMs: "200" } },
  });
  await call({ path: "BackfillService/StartBackfill", request: { capability: "c" } });
  for (const go of hold) go();
  await first;
  await call({ ...asked, request: start() });
  expect(seen.length).toBe(3);
});

test("guardServices() counts open streams, and gives their place back when they end", async () => {
  const { stream } = world(everyRole, { streamsMax: 1 });
  const open = () => {
    return stream({ path: "MatchmakingService/WatchTickets", token: keyOf("BACKEND") })[Symbol.asyncIterator]();
  };
  const first = open();
  await first.next();
  await expect(open().next()).rejects.toMatchObject({ reason: "OVERLOADED" });
  await first.return?.();
  await open().next();
});
