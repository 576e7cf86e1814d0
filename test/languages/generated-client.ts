// Clients of muster.sdk.v1 that Debian's own tools generate from the contract, where they are installed.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../pack/programs.ts";
import { ROOT } from "../tidy/sources.ts";

/** Debian's, not one that a version manager put in front of it: that has no packages of Debian. */
export const PYTHON = "/usr/bin/python3";

/** What has to be there, with the command that shows it. */
export type Tool = { readonly what: string; readonly command: readonly string[] };

export const onPath = (program: string): Tool => ({ what: program, command: ["sh", "-c", `command -v ${program}`] });

const PROTOC: Tool = { what: "protoc", command: ["protoc", "--version"] };
export const PYTHON_TOOLS: readonly Tool[] = [
  { what: "python3 with grpc", command: [PYTHON, "-c", "import grpc, google.protobuf"] },
  PROTOC,
  onPath("grpc_python_plugin"),
];
export const CPP_TOOLS: readonly Tool[] = [
  onPath("g++"),
  PROTOC,
  onPath("grpc_cpp_plugin"),
  { what: "libgrpc++-dev", command: ["pkg-config", "--exists", "grpc++", "protobuf"] },
];

/** Why something cannot be tried on this machine; undefined where it can. */
export function missingOf(tools: readonly Tool[], packages: string): string | undefined {
  const lacking = tools.filter(({ command: [program = "", ...args] }) => spawnSync(program, args).status !== 0);
  if (lacking.length === 0) return undefined;
  return `${lacking.map(({ what }) => what).join(", ")} missing: apt-get install ${packages}`;
}

const GENERATE_MS = 60_000;

/** Generates the client into `folder`. buf reads the contract, so that nothing but its own files is needed. */
export async function generateClient(language: "python" | "cpp", folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const contract = join(folder, "contract.binpb");
  const run = (command: readonly string[]) =>
    runProgram(command, { cwd: ROOT, env: process.env, withinMs: GENERATE_MS });
  await run([join(ROOT, "node_modules/.bin/buf"), "build", "-o", contract]);
  const plugin = (await run(["sh", "-c", `command -v grpc_${language}_plugin`])).out.trim();
  await run([
    ...["protoc", `--descriptor_set_in=${contract}`, `--plugin=protoc-gen-grpc_${language}=${plugin}`],
    ...[`--${language}_out=${folder}`, `--grpc_${language}_out=${folder}`],
    ...["muster/sdk/v1/game_server.proto", "muster/session/v1/session.proto", "google/rpc/status.proto"],
  ]);
}
