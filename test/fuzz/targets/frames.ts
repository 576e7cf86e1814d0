// Calls as no gRPC library makes them: wrong lengths and flags, cut and endless messages, wrong headers, resets in the middle,
// many streams at once. Whatever comes, every call that was ended gets an end, and others are served.
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { getMethod, methods, pathOf } from "../contract.ts";
import { Finding } from "../finding.ts";
import { attack } from "../stack/attack.ts";
import { grpcHeaders, readAnswer } from "../stack/raw-client.ts";
import { serverOf } from "../stack/server-of.ts";
import { defineTarget } from "../target.ts";
import { bytesOf, type WireInput, wireInput } from "../wire-input.ts";
import type { Words } from "../wire-value.ts";

/** One message as it goes onto the wire: what its head says of it, and what comes. */
type Frame = {
  /** Of the message: 0 is right, 1 says that it is compressed, others say nothing. */
  readonly flag: number;
  /** What the head says beyond the true length, in bytes, or in place of it. */
  readonly length: { readonly off: number } | { readonly said: number };
  readonly message: WireInput;
  /** Share of the frame that is sent; 1 is all of it. */
  readonly sent: number;
  /** How many writes it comes in. */
  readonly pieces: number;
};

type Stream = {
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly frames: readonly Frame[];
  /** How the caller ends it: as it should, with a reset of this code, or never. */
  readonly end: "end" | "leave" | { readonly reset: number };
  /** So many of it at once. */
  readonly times: number;
};

/** What calls wait for at the server, in ms, unless their header says something else. */
const DEADLINE_MS = 300;
/** How long after that an ended call may still lack an end, in ms, on a machine that is busy with other things too. */
const END_MS_MAX = 4_000;

const frameOf = (message: fc.Arbitrary<WireInput>): fc.Arbitrary<Frame> =>
  fc.record({
    message,
    flag: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 2, 128, 255) }),
    length: fc.oneof(
      { weight: 8, arbitrary: fc.constant({ off: 0 }) },
      { weight: 1, arbitrary: fc.record({ off: fc.integer({ min: -6, max: 6 }) }) },
      {
        weight: 1,
        arbitrary: fc.record({ said: fc.constantFrom(0, 1, 2 ** 20, 2 ** 20 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1) }),
      },
    ),
    sent: fc.oneof(
      { weight: 6, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
    pieces: fc.constantFrom(1, 1, 1, 2, 50),
  });

const oddHeaders: fc.Arbitrary<OutgoingHttpHeaders> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<OutgoingHttpHeaders>(
      { "content-type": "text/html" },
      { "content-type": "application/grpc+json" },
      { "content-type": "" },
      { ":method": "GET" },
      { ":method": "OPTIONS" },
      { te: "gzip" },
      { "grpc-encoding": "gzip" },
      { "grpc-encoding": "nonsense" },
      { "grpc-accept-encoding": "nonsense,,," },
      { "grpc-timeout": "" },
      { "grpc-timeout": "0m" },
      { "grpc-timeout": "-1S" },
      { "grpc-timeout": "99999999H" },
      { "grpc-timeout": "999999999999H" },
      { "grpc-timeout": "1e9m" },
      { "grpc-timeout": "1x" },
      { authorization: "Bearer " },
      { authorization: `Bearer ${"x".repeat(8_000)}` },
      { "a-bin": "%%%" },
      { "a-bin": "x".repeat(10_000) },
      { "grpc-status": "0" },
      { "content-length": "1" },
      { "x-many": Array.from({ length: 200 }, () => "y".repeat(50)) },
      { "x-large": "z".repeat(15_000) },
      { "x-too-large": "z".repeat(70_000) },
      { ":authority": "evil.example" },
      { ":authority": "" },
      { host: "a\u00e9" },
    ),
  },
);

const streamOf = (path: string): fc.Arbitrary<Stream> =>
  fc.record({
    path: fc.oneof(
      { weight: 12, arbitrary: fc.constant(path) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          `${path}s`,
          "/",
          "//",
          "",
          "*",
          "/a",
          path.toLowerCase(),
          `${path}?x=1`,
          `${path}/`,
          `/${"p".repeat(5_000)}`,
        ),
      },
    ),
    headers: oddHeaders,
    frames: fc.array(frameOf(wireInput(getMethod(path).input)), { maxLength: 3 }),
    end: fc.oneof<fc.Arbitrary<Stream["end"]>[]>(
      fc.constant("end"),
      fc.constant("end"),
      fc.constant("leave"),
      fc.record({ reset: fc.constantFrom(0, 1, 2, 7, 8, 11, 13, 99) }),
    ),
    times: fc.oneof({ weight: 12, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(2, 20, 150) }),
  });

type FramesInput = { readonly server: string; readonly streams: readonly Stream[]; readonly settle: boolean };

const paths = methods.map(pathOf);
const input: fc.Arbitrary<FramesInput> = fc.constantFrom("matchmaking", "fleet", "sdk").chain((service) => {
  const served = paths.filter((path) => path.startsWith(`/muster.${service}.`));
  return fc.record({
    server: fc.constant(served[0] ?? ""),
    streams: fc.array(fc.constantFrom(...served).chain(streamOf), { minLength: 1, maxLength: 4 }),
    /** Whether the connection stays until its calls have ended, or breaks at once. */
    settle: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  });
});

export const frames = defineTarget({
  name: "frames",
  shortRuns: 8,
  about: "gRPC at the level of HTTP/2: wrong lengths, flags, headers, ends, floods of streams",
  input,
  open: () =>
    attack<FramesInput>(async ({ server, streams, settle }, { words, addresses, isGone }) => {
      const name = serverOf(server);
      const address = addresses[name];
      const session = connect(`http://${address}`);
      session.on("error", () => undefined); // The streams tell.
      try {
        const ends = streams.flatMap((stream) => play(session, stream, words));
        if (settle && !(await allEnd(ends)) && !(await isGone(name, address))) {
          throw new Finding(`A call that was ended has no end after ${DEADLINE_MS + END_MS_MAX} ms`);
        }
      } finally {
        session.destroy();
      }
      return { refused: false, calls: streams.reduce((sum, { times }) => sum + times, 0) };
    }),
});

/** Resolves with whether all of them ended in time. */
async function allEnd(ends: readonly Promise<unknown>[]): Promise<boolean> {
  const late = new AbortController();
  const tooLate = sleep(DEADLINE_MS + END_MS_MAX, false, { signal: late.signal }).catch(() => false);
  const inTime = await Promise.race([Promise.all(ends).then(() => true), tooLate]);
  late.abort();
  return inTime;
}

/** Opens the streams and sends what they send. The promises are of those that the server has to end. */
function play(session: ClientHttp2Session, stream: Stream, words: Words): readonly Promise<unknown>[] {
  const ends: Promise<unknown>[] = [];
  const bytes = stream.frames.map((frame) => writeFrame(frame, words));
  for (let count = 0; count < stream.times; count += 1) {
    const opened = open(session, stream);
    if (!opened) continue; // Node's own client refuses to send such headers.
    const ended = readAnswer(opened);
    for (const { pieces, frame } of bytes) for (const piece of cut(frame, pieces)) opened.write(piece);
    if (stream.end === "end") opened.end();
    else if (stream.end !== "leave") opened.close(stream.end.reset);
    // Whoever leaves a call open gets its end by the deadline, if its header says a usual one.
    if (stream.headers["grpc-timeout"] === undefined || stream.end !== "leave") ends.push(ended);
  }
  return ends;
}

function open(session: ClientHttp2Session, { path, headers }: Stream): ClientHttp2Stream | undefined {
  try {
    return session.request({ ...grpcHeaders(path), "grpc-timeout": `${DEADLINE_MS}m`, ...headers });
  } catch {
    return undefined;
  }
}

function writeFrame({ flag, length, message, sent, pieces }: Frame, words: Words) {
  const body = bytesOf(message, words);
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE("said" in length ? length.said : Math.max(0, body.length + length.off), 1);
  const frame = Buffer.concat([head, body]);
  return { pieces, frame: frame.subarray(0, Math.ceil(frame.length * sent)) };
}

function cut(bytes: Uint8Array, pieces: number): readonly Uint8Array[] {
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
