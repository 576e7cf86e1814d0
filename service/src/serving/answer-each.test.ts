import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { answerEach } from "./answer-each.ts";

async function* send<Item>(...items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function collect<Item>(stream: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

test("answerEach() takes requests in order, and gives answers as they are ready", async () => {
  const first = Promise.withResolvers<string>();
  const taken: string[] = [];
  const answers = answerEach(send("a", "b"), async (request, place) => {
    taken.push(`${place}${request}`);
    if (request === "a") return await first.promise;
    first.resolve("A");
    return "B";
  });
  expect(await collect(answers)).toEqual(["B", "A"]);
  expect(taken).toEqual(["0a", "1b"]);
});

test("answerEach() joins answers that are ready together", async () => {
  const [both, last] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const answer = async (request: string) => {
    if (request === "b") both.resolve();
    await (request === "c" ? last : both).promise;
    return request;
  };
  const answers = answerEach(send("a", "b", "c"), answer, (ready) => [ready.join("+")]);
  const told: string[] = [];
  for await (const answer of answers) {
    told.push(answer);
    last.resolve();
  }
  expect(told).toEqual(["a+b", "c"]);
});

test("answerEach() ends with what an answer threw", async () => {
  const answers = answerEach(send(1, 2, 3), async (request) => {
    if (request === 2) throw new MusterError("JOURNAL_FULL", "Cannot answer as the disk has no room");
    return request;
  });
  await expect(collect(answers)).rejects.toMatchObject({ reason: "JOURNAL_FULL" });
});

test("answerEach() reads no more requests than may wait for their answers", async () => {
  const release = Promise.withResolvers<void>();
  let read = 0;
  async function* many() {
    for (; read < 10_000; read += 1) yield read;
  }
  const answers = answerEach(many(), async (request) => {
    if (request === 4_095) queueMicrotask(release.resolve);
    await release.promise;
    expect(read).toBeLessThanOrEqual(request + 4_096);
    return request;
  });
  expect(await collect(answers)).toHaveLength(10_000);
});
