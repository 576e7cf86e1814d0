// What a hostile, broken or newer server may answer to a call: headers, messages, trailers, each of them right or not.
import type { DescMethod } from "@bufbuild/protobuf";
import fc from "fast-check";
import { type ByteMutation, byteMutations, mutateBytes } from "./mutate-bytes.ts";
import type { HostileAnswer } from "./stack/hostile-server.ts";
import { bytesOf, type WireInput, wireInput } from "./wire-input.ts";
import { encodeFields, type WireField } from "./wire-value.ts";

export type AnswerInput = {
  readonly messages: readonly WireInput[];
  /** Damage to all that is sent before the trailers. */
  readonly damage: readonly ByteMutation[];
  readonly headers: Readonly<Record<string, string>>;
  readonly status: string;
  readonly message: string;
  /** Status details, of google.rpc.Status, before they are damaged. Empty: none. */
  readonly details: readonly WireField[];
  readonly detailsDamage: readonly ByteMutation[];
  readonly end: "status" | "none" | "reset";
};

const text = (value: string) => ({ type: "text" as const, text: value });
const entry = (key: string, value: string): WireField => ({
  number: 3,
  value: {
    type: "message",
    fields: [
      { number: 1, value: text(key) },
      { number: 2, value: text(value) },
    ],
  },
});
/** google.rpc.Status with an ErrorInfo of this reason. */
const detailsOf = (reason: string, metadata: Readonly<Record<string, string>>): readonly WireField[] => [
  { number: 1, value: { type: "varint", value: "9" } },
  {
    number: 3,
    value: {
      type: "message",
      fields: [
        { number: 1, value: text("type.googleapis.com/google.rpc.ErrorInfo") },
        {
          number: 2,
          value: {
            type: "message",
            fields: [
              { number: 1, value: text(reason) },
              { number: 2, value: text("muster") },
              ...Object.entries(metadata).map(([key, value]) => entry(key, value)),
            ],
          },
        },
      ],
    },
  },
];

const reasons = ["PHASE_CONFLICT", "FIELD_INVALID", "OVERLOADED", "REASON_OF_THE_FUTURE", "__proto__", "toString", ""];
const details = fc.oneof(
  fc.constant([]),
  fc
    .record({
      reason: fc.constantFrom(...reasons),
      key: fc.constantFrom("field", "__proto__", "", "ticketId"),
      value: fc.string(),
    })
    .map(({ reason, key, value }) => detailsOf(reason, { [key]: value })),
);
/** Damage, of which no text of a header is safe. */
const rarely = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: byteMutations });

/** Answers to a method: its own messages, and any end. */
export function answersTo(method: DescMethod): fc.Arbitrary<AnswerInput> {
  const isStream = method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming";
  const count = isStream ? { minLength: 0, maxLength: 6 } : { minLength: 0, maxLength: 2 };
  return fc.record({
    messages: fc.oneof(
      { weight: 1, arbitrary: fc.array(wireInput(method.output), count) },
      { weight: 2, arbitrary: fc.array(wireInput(method.output), { minLength: 1, maxLength: isStream ? 6 : 1 }) },
    ),
    damage: rarely,
    headers: fc.oneof(
      { weight: 9, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Readonly<Record<string, string>>[]>(
          { ":status": "503" },
          { ":status": "200", "content-type": "text/html" },
          { "grpc-encoding": "gzip" },
          { "grpc-encoding": "nonsense" },
          { "a-bin": "%%%" },
        ),
      },
    ),
    status: fc.oneof(
      { weight: 3, arbitrary: fc.constant("0") },
      { weight: 2, arbitrary: fc.constantFrom("1", "3", "5", "8", "9", "13", "14", "16", "99", "-1", "NaN", "") },
    ),
    message: fc.constantFrom("", "Cannot do it", "%", "%ZZ", "%F0%9F", "x".repeat(3_000)),
    details,
    detailsDamage: rarely,
    end: fc.oneof(
      { weight: 8, arbitrary: fc.constant("status" as const) },
      { weight: 1, arbitrary: fc.constant("none" as const) },
      { weight: 1, arbitrary: fc.constant("reset" as const) },
    ),
  });
}

/** What an input stands for on the wire. */
export function writeAnswer(input: AnswerInput): HostileAnswer {
  const frames = input.messages.map((message) => {
    const body = bytesOf(message, HOSTILE_WORDS);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    return Buffer.concat([head, body]);
  });
  const damaged = input.damage.length === 0 ? frames : [mutateBytes(Buffer.concat(frames), input.damage)];
  const info = Buffer.from(mutateBytes(encodeFields(input.details, {}), input.detailsDamage)).toString("base64");
  const trailers = {
    "grpc-status": input.status,
    "grpc-message": input.message,
    ...(info === "" ? {} : { "grpc-status-details-bin": info }),
  };
  return {
    headers: input.headers,
    chunks: damaged,
    trailers: input.end === "status" ? trailers : undefined,
    reset: input.end === "reset" ? 2 : undefined,
  };
}

/** What clients asked for, so that answers fit. */
const HOSTILE_WORDS = {
  session: "bs_1",
  otherSession: "bs_2",
  seat: "ps_1",
  otherSeat: "ps_2",
  process: "proc_1",
  ticket: "t1",
};
