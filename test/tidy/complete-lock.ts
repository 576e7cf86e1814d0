// The lock file must name every platform's optional package, or `npm ci` refuses it. npm leaves out those that the registry
// in use does not have; this adds them by name and version, for whoever installs on such a platform from a registry that
// has them. With --check it only tells. Run by `npm run fix` and `npm run check`.
import { readFileSync, writeFileSync } from "node:fs";
import { ROOT } from "./sources.ts";

type LockEntry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
type Lock = { packages: Record<string, LockEntry> };

const OS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const CPU = ["arm64", "x64", "ia32", "ppc64", "riscv64", "s390x", "arm"];

/** What the name of a platform's package says of the platform. */
function readPlatform(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const words = name.split(/[-/]/);
  const os = OS.find((one) => words.includes(one));
  const cpu = CPU.find((one) => words.includes(one) || (one === "arm" && words.includes("armv7")));
  const libc = words.some((word) => word.startsWith("musl"))
    ? "musl"
    : words.some((word) => word.startsWith("gnu"))
      ? "glibc"
      : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) };
}

const LOCKS = ["package-lock.json", "tools/package-lock.json"];

/** Adds what is missing to the lock, and names it. */
function complete(lock: Lock): readonly string[] {
  const missing: string[] = [];
  for (const [place, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const found = [`${place}/node_modules/${name}`, `node_modules/${name}`].some((one) => one in lock.packages);
      if (found || place === "") continue;
      missing.push(name);
      lock.packages[`node_modules/${name}`] = {
        version,
        ...(entry.dev && { dev: true }),
        ...{ optional: true },
        ...readPlatform(name),
      };
    }
  }
  return missing;
}

for (const file of LOCKS) {
  const lock: Lock = JSON.parse(readFileSync(ROOT + file, "utf8"));
  const missing = complete(lock);
  if (process.argv.includes("--check")) {
    for (const name of missing) console.log(`${file} lacks ${name}: run npm run fix`);
    if (missing.length > 0) process.exitCode = 1;
  } else if (missing.length > 0) {
    const [root, ...rest] = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
    lock.packages = Object.fromEntries(root ? [root, ...rest] : []);
    writeFileSync(ROOT + file, `${JSON.stringify(lock, null, 2)}\n`);
    console.log(`added ${missing.length} packages to ${file}`);
  }
}
