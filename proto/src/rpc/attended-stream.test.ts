import { expect, test } from "vitest";
import { attendStream, type StreamEnd } from "./attended-stream.ts";

async function* numbers(until: number, error?: Error) {
  for (let number = 1; number <= until; number += 1) yield number;
  if (error) throw error;
}

type Open = () => AsyncIterable<number>;

/** The stream of two layers, and what each is told. */
function layered(open: Open) {
  const told: string[] = [];
  const note = (layer: string) => (end: StreamEnd) => void told.push(`${layer} ${end.type}`);
  const inner = () =>
    attendStream<number>((atEnd) => {
      told.push("inner opens");
      atEnd(note("inner"));
      return open();
    });
  const stream = attendStream<number>((atEnd) => {
    told.push("outer opens");
    atEnd(note("outer"));
    return inner();
  });
  return { stream, told };
}

async function read(stream: AsyncIterable<number>, atMost = Number.POSITIVE_INFINITY): Promise<(number | string)[]> {
  const seen: (number | string)[] = [];
  try {
    for await (const number of stream) {
      seen.push(number);
      if (seen.length >= atMost) break;
    }
  } catch (error) {
    seen.push(String(error));
  }
  return seen;
}

const refuse = () => {
  throw new Error("refused");
};
const rows: readonly { name: string; open: Open; atMost?: number; seen: readonly (number | string)[]; end: string }[] =
  [
    { name: "read to its end", open: () => numbers(2), seen: [1, 2], end: "READ" },
    { name: "left by its reader", open: () => numbers(9), atMost: 1, seen: [1], end: "LEFT" },
    { name: "with an error", open: () => numbers(1, new Error("broken")), seen: [1, "Error: broken"], end: "FAILED" },
    { name: "with an error of its opening", open: refuse, seen: ["Error: refused"], end: "FAILED" },
  ];

for (const { name, open, atMost, seen, end } of rows) {
  test(`attendStream() tells each layer once of a stream that ends ${name}, the inner first`, async () => {
    const { stream, told } = layered(open);
    expect(told).toEqual([]);
    expect(await read(stream, atMost)).toEqual(seen);
    expect(told).toEqual(["outer opens", "inner opens", `inner ${end}`, `outer ${end}`]);
    expect(await read(stream)).toEqual([]);
    expect(told).toHaveLength(4);
  });
}

test("attendStream() ends what it reads with its reader", async () => {
  let isLeft = false;
  const source = (async function* () {
    try {
      for (;;) yield 1;
    } finally {
      isLeft = true;
    }
  })();
  await read(
    attendStream(() => source),
    1,
  );
  expect(isLeft).toBe(true);
});

test("attendStream() opens nothing for a reader who leaves before it reads", async () => {
  const { stream, told } = layered(() => numbers(1));
  await stream.return?.();
  expect(await read(stream)).toEqual([]);
  expect(told).toEqual([]);
});
