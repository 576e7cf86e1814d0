// The contract as it stands in the .proto files now: every message and method, so that a new one is fuzzed without being told.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createFileRegistry, type DescMessage, type DescMethod, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function readRegistry() {
  const bytes = execFileSync("npx", ["--no", "buf", "build", "-o", "-"], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, new Uint8Array(bytes)));
}

/** Everything that the contract names. */
export const registry = readRegistry();
const byName = <Desc extends { readonly typeName: string }>(a: Desc, b: Desc) => (a.typeName < b.typeName ? -1 : 1);

/** The messages of Muster's packages, by name, nested ones and those of journals included. */
export const messages: readonly DescMessage[] = [...registry]
  .filter((desc) => desc.kind === "message" && desc.typeName.startsWith("muster."))
  .toSorted(byName) as DescMessage[];

/** The methods of Muster's services, in the order of the services' names. */
export const methods: readonly DescMethod[] = [...registry]
  .flatMap((desc) => (desc.kind === "service" && desc.typeName.startsWith("muster.") ? [desc] : []))
  .toSorted(byName)
  .flatMap((service) => service.methods);

/** @throws {Error} if the contract has no such message. */
export function getMessage(typeName: string): DescMessage {
  const found = registry.getMessage(typeName);
  if (found) return found;
  throw new Error(`the contract has no message ${typeName}`);
}

/** The path that gRPC knows the method by. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** @throws {Error} if no service has a method of this path. */
export function getMethod(path: string): DescMethod {
  const found = methods.find((method) => pathOf(method) === path);
  if (found) return found;
  throw new Error(`the contract has no method ${path}`);
}
