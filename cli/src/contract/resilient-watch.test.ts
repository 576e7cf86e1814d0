import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { MusterError, type Reason } from "@muster/proto";
import { expect, test } from "vitest";
import { watchResiliently } from "./resilient-watch.ts";

type Message = { readonly token: string };
/** One connection: what it sends, and how it breaks. */
type Connection = { readonly sends: readonly string[]; readonly breaks: Reason | "ends" };

function watch(connections: readonly Connection[], awayMs = 10_000) {
  const clock = createVirtualClock();
  const stop = new AbortController();
  const openedAfter: string[] = [];
  const seen: string[] = [];
  const states: string[] = [];
  const stream = watchResiliently<Message>(
    {
      open: async function* (token) {
        const connection = connections[openedAfter.length] ?? connections.at(-1);
        openedAfter.push(token);
        for (const one of connection?.sends ?? []) yield { token: one };
        if (connection && connection.breaks !== "ends") throw new MusterError(connection.breaks, "Cannot go on");
      },
      tokenOf: ({ token }) => token,
      clock,
      random: createSeededRandom(1),
      awayMs,
      onState: (state) => void states.push(state),
    },
    stop.signal,
  );
  const done = (async () => {
    for await (const { token } of stream) {
      seen.push(token);
      if (token === "stop") stop.abort();
    }
  })();
  done.catch(() => undefined);
  return { clock, stop, done, openedAfter, seen, states };
}

for (const breaks of ["PEER_UNREACHABLE", "SERVICE_NOT_READY", "CALL_CANCELLED", "ends"] as const) {
  test(`watchResiliently() resumes after its last message when the stream breaks with ${breaks}`, async () => {
    const { clock, done, openedAfter, seen, states } = watch([
      { sends: ["1", "2"], breaks },
      { sends: ["3", "stop"], breaks },
    ]);
    await clock.advance(5_000);
    await done;
    expect({ openedAfter, seen, states }).toEqual({
      openedAfter: ["", "2"],
      seen: ["1", "2", "3", "stop"],
      states: ["broken", "back"],
    });
  });
}

test("watchResiliently() starts over when the service no longer remembers", async () => {
  const { clock, done, openedAfter } = watch([
    { sends: ["1"], breaks: "PEER_UNREACHABLE" },
    { sends: [], breaks: "CURSOR_EXPIRED" },
    { sends: ["stop"], breaks: "ends" },
  ]);
  await clock.advance(5_000);
  await done;
  expect(openedAfter).toEqual(["", "1", ""]);
});

test("watchResiliently() rejects at once with what no repeat can help", async () => {
  const { done, clock } = watch([{ sends: [], breaks: "TICKET_NOT_FOUND" }]);
  await clock.advance(0);
  await expect(done).rejects.toMatchObject({ reason: "TICKET_NOT_FOUND" });
});

test("watchResiliently() gives up once the service was away for too long", async () => {
  const { done, clock, openedAfter } = watch([{ sends: [], breaks: "PEER_UNREACHABLE" }], 3_000);
  await clock.advance(2_000);
  expect(openedAfter.length).toBeGreaterThan(3);
  await clock.advance(3_000);
  await expect(done).rejects.toMatchObject({ reason: "PEER_UNREACHABLE" });
});

test("watchResiliently() ends its wait when it is called off", async () => {
  const { done, clock, stop } = watch([{ sends: [], breaks: "PEER_UNREACHABLE" }]);
  await clock.advance(50);
  stop.abort();
  await done;
});
