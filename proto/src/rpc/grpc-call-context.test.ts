import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { GrpcCallContext } from "./grpc-call-context.ts";

/** A call that counts what it is asked for. */
const createCall = (headers: Readonly<Record<string, string>> = {}) => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const asked: string[] = [];
  return {
    metadata,
    asked,
    on: () => undefined,
    getPeer: () => {
      asked.push("peer");
      return "127.0.0.1:4711";
    },
    getAuthContext: () => {
      asked.push("certificate");
      return {};
    },
  };
};

test("GrpcCallContext asks its call for nothing that nobody asks it for", () => {
  const call = createCall({ authorization: "Bearer secret", "muster-project": "chess" });
  const context = new GrpcCallContext(call);
  expect([context.token, context.project, call.asked]).toEqual(["secret", "chess", []]);
  expect([context.peer, context.certificate]).toEqual(["127.0.0.1:4711", undefined]);
});

const rows = [
  { name: "that was asked for before", isEarly: true },
  { name: "that is asked for later", isEarly: false },
];
for (const { name, isEarly } of rows) {
  test(`GrpcCallContext ends with its first reason the signal ${name}`, () => {
    const context = new GrpcCallContext(createCall());
    if (isEarly) expect(context.signal.aborted).toBe(false);
    context.end("first");
    context.end("second");
    expect([context.signal.aborted, context.signal.reason]).toEqual([true, "first"]);
    expect(context.signal).toBe(context.signal);
  });
}
