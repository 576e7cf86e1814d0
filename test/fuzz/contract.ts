// The contract as it stands in the .proto files now: every message and method, so that a new one is fuzzed without being told.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createFileRegistry, type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function readRegistry() {
  const bytes = execFileSync("npx", ["--no", "buf", "build", "-o", "-"], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, new Uint8Array(bytes)));
}

const registry = readRegistry();
const byName = <Desc extends { readonly typeName: string }>(a: Desc, b: Desc) => (a.typeName < b.typeName ? -1 : 1);

/** The messages of Muster's packages, by name, nested ones and those of journals included. */
export const messages: readonly DescMessage[] = [...registry]
  .filter((desc) => desc.kind === "message" && desc.typeName.startsWith("muster."))
  .toSorted(byName) as DescMessage[];

/** @throws {Error} if the contract has no such message. */
export function getMessage(typeName: string): DescMessage {
  const found = registry.getMessage(typeName);
  if (found) return found;
  throw new Error(`the contract has no message ${typeName}`);
}
