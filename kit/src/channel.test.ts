import { expect, test } from "vitest";
import { createChannel } from "./channel.ts";

async function readAll<Item>(items: AsyncIterable<Item>): Promise<readonly (Item | string)[]> {
  const read: (Item | string)[] = [];
  try {
    for await (const item of items) read.push(item);
    read.push("end");
  } catch (error) {
    read.push(String(error));
  }
  return read;
}

const rows: readonly {
  name: string;
  write: (channel: ReturnType<typeof createChannel<number>>) => void;
  read: readonly (number | string)[];
}[] = [
  { name: "hands over what was queued before", write: (channel) => [1, 2].map(channel.push), read: [1, 2] },
  {
    name: "drops what comes after the close",
    write: (channel) => [channel.push(1), channel.close(), channel.push(2)],
    read: [1],
  },
  {
    name: "ends with the first error, after what was queued",
    write: (channel) => [channel.push(1), channel.close("first"), channel.close("second")],
    read: [1, "first"],
  },
];
for (const { name, write, read } of rows) {
  test(`a channel ${name}`, async () => {
    const [before, after] = [createChannel<number>(), createChannel<number>()];
    write(before);
    const expected = read.at(-1) === "first" ? read : [...read, "end"];
    before.close();
    expect(await readAll(before)).toEqual(expected);
    const reading = readAll(after); // Waits before anything is written.
    write(after);
    after.close();
    expect(await reading).toEqual(expected);
  });
}

test("a channel whose reader stops early takes nothing more", async () => {
  const channel = createChannel<number>();
  for (const item of [1, 2, 3]) channel.push(item);
  for await (const item of channel) if (item === 2) break;
  expect([channel.push(4), channel.closed, channel.size]).toEqual([false, true, 0]);
});

test("a channel that is cut off drops what was queued, and ends with the error", async () => {
  const channel = createChannel<number>();
  for (const item of [1, 2]) channel.push(item);
  channel.cut("too slow");
  channel.cut("again");
  expect([channel.push(3), channel.closed, channel.size]).toEqual([false, true, 0]);
  expect(await readAll(channel)).toEqual(["too slow"]);
});
