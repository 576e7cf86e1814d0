// Each message of the contract with the code that was generated for it.
import type { DescMessage } from "@bufbuild/protobuf";
import * as fleet from "@muster/proto/fleet";
import * as fleetFacts from "@muster/proto/journal-fleet";
import * as matcherFacts from "@muster/proto/journal-matcher";
import * as matchmaking from "@muster/proto/matchmaking";
import * as mockfleet from "@muster/proto/mockfleet";
import * as sdk from "@muster/proto/sdk";
import * as service from "@muster/proto/service";
import * as session from "@muster/proto/session";

export type MessageCodec = {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
};

const modules: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  "muster.fleet.v1": [fleet],
  "muster.journal.v1": [fleetFacts, matcherFacts],
  "muster.matchmaking.v1": [matchmaking],
  "muster.mockfleet.v1": [mockfleet],
  "muster.sdk.v1": [sdk],
  "muster.service.v1": [service],
  "muster.session.v1": [session],
};

/** The generated code of the message. @throws {Error} if there is none: its package has no door in @muster/proto. */
export function codecOf(desc: DescMessage): MessageCodec {
  const { package: ofPackage } = desc.file.proto;
  const name = desc.typeName.slice(ofPackage.length + 1).replaceAll(".", "_");
  for (const exported of modules[ofPackage] ?? []) {
    const codec = exported[name];
    if (isCodec(codec)) return codec;
  }
  throw new Error(`no code was generated for ${desc.typeName}`);
}

function isCodec(value: unknown): value is MessageCodec {
  return typeof value === "object" && value !== null && "decode" in value && "encode" in value;
}
