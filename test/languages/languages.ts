// The servers of examples/languages: how each is built where its tools are, and started.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../pack/programs.ts";
import { ROOT } from "../tidy/sources.ts";
import { CPP_TOOLS, generateClient, onPath, PYTHON, PYTHON_TOOLS, type Tool } from "./generated-client.ts";

export type Language = {
  readonly name: string;
  /** From the root. */
  readonly source: string;
  readonly page: string;
  readonly tools: readonly Tool[];
  /** Of Debian, that bring the tools. */
  readonly packages: string;
  /** Builds into `folder`; the command that starts the server. */
  build(folder: string): Promise<readonly string[]>;
};

const NEWTONSOFT = "/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll";
const HTTP_ASSEMBLY = "/usr/lib/mono/gac/System.Net.Http";
/** Where Debian puts the sources of Rust's packages. */
const CRATES = "/usr/share/cargo/registry";

/** A compiler on a busy machine takes its time. */
const BUILD_MS = 240_000;
const run = async (command: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  (await runProgram(command, { cwd: ROOT, env: { ...process.env, ...env }, withinMs: BUILD_MS })).out;
const at = (name: string, file: string) => `examples/languages/${name}/${file}`;
const isThere = (what: string, path: string): Tool => ({ what, command: ["test", "-e", path] });

export const languages: readonly Language[] = [
  {
    name: "Python",
    source: at("python", "server.py"),
    page: "docs/guides/languages/python.md",
    tools: PYTHON_TOOLS,
    packages: "python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc",
    async build(folder) {
      await generateClient("python", folder);
      return [PYTHON, join(ROOT, this.source), folder];
    },
  },
  {
    name: "C++",
    source: at("cpp", "server.cpp"),
    page: "docs/guides/languages/cpp.md",
    tools: CPP_TOOLS,
    packages: "g++ pkg-config libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc",
    async build(folder) {
      await generateClient("cpp", folder);
      // Stubs of files without a service are empty, and take as long as others to compile.
      const generated = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
        (path) => path.endsWith(".cc") && (!path.endsWith(".grpc.pb.cc") || path.endsWith("game_server.grpc.pb.cc")),
      );
      const flags = (await run(["pkg-config", "--cflags", "--libs", "grpc++", "protobuf"])).trim().split(/\s+/);
      const server = join(folder, "server");
      const sources = [join(ROOT, this.source), ...generated.map((path) => join(folder, path))];
      await run(["g++", "-std=c++17", "-O0", `-I${folder}`, ...sources, ...flags, "-o", server]);
      return [server];
    },
  },
  {
    name: "Go",
    source: at("go", "main.go"),
    page: "docs/guides/languages/go.md",
    tools: [onPath("go")],
    packages: "golang-go",
    async build(folder) {
      const server = join(folder, "server");
      await run(["go", "build", "-o", server, join(ROOT, this.source)], {
        GOCACHE: join(folder, "cache"),
        GOFLAGS: "",
      });
      return [server];
    },
  },
  {
    name: "C#",
    source: at("csharp", "Server.cs"),
    page: "docs/guides/languages/csharp.md",
    tools: [
      onPath("mcs"),
      onPath("mono"),
      isThere("Newtonsoft.Json", NEWTONSOFT),
      isThere("System.Net.Http", HTTP_ASSEMBLY),
    ],
    packages: "mono-mcs mono-runtime libmono-system-net-http4.0-cil libnewtonsoft-json5.0-cil",
    async build(folder) {
      const server = join(folder, "Server.exe");
      await run([
        "mcs",
        "-warnaserror",
        "-r:System.Net.Http",
        `-r:${NEWTONSOFT}`,
        `-out:${server}`,
        join(ROOT, this.source),
      ]);
      return ["mono", server];
    },
  },
  {
    name: "Rust",
    source: at("rust", "src/main.rs"),
    page: "docs/guides/languages/rust.md",
    tools: [
      onPath("cargo"),
      isThere("crates of Debian", `${CRATES}/ureq-2.6.2`),
      isThere("serde_json", `${CRATES}/serde_json-1.0.87`),
    ],
    packages: "cargo librust-ureq-dev librust-serde-json-dev",
    async build(folder) {
      const manifest = join(ROOT, at("rust", "Cargo.toml"));
      await run(["cp", "-r", join(manifest, ".."), join(folder, "rust")]);
      const crates = ["source.crates-io.replace-with='debian'", `source.debian.directory='${CRATES}'`];
      const config = crates.flatMap((one) => ["--config", one]);
      await run(["cargo", ...config, "build", "--offline", "--manifest-path", join(folder, "rust/Cargo.toml")], {
        CARGO_HOME: join(folder, "cargo"),
        CARGO_TARGET_DIR: join(folder, "target"),
        CARGO_PROFILE_DEV_DEBUG: "0", // A quarter of the time, for a debugger that never comes.
      });
      return [join(folder, "target/debug/muster-server")];
    },
  },
];
