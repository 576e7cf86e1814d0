// Who listens on a port of this machine: what to name when it is taken. Linux tells; elsewhere nobody is named.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENING = "0A";

/** "node dev.js (process 4711)", or undefined where it cannot be found out: another user's, or no Linux. */
export function findPortHolder(port: number): string | undefined {
  const sockets = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeners(table, port)));
  if (sockets.size === 0) return undefined;
  for (const pid of entries("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of entries(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? "")?.[1];
      if (inode !== undefined && sockets.has(inode)) return `${commandOf(pid)} (process ${pid})`;
    }
  }
  return undefined;
}

/** Socket inodes of a table in /proc/net that listen on `port`. */
function listeners(table: string, port: number): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = (attempt(() => readFileSync(table, "utf8")) ?? "").split("\n").slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local = "", , state]) => local.endsWith(`:${hexPort}`) && state === LISTENING)
    .map((columns) => columns[9] ?? "");
}

function commandOf(pid: string): string {
  const words = (attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "").split("\0").filter(Boolean);
  const [program = "a program", ...rest] = words.filter((word) => !word.startsWith("-")).slice(0, 3);
  // Of a path its end, which tells our "matcher/src/main.ts" from our "mock-fleet/src/main.ts".
  return [program.replace(/^.*\//, ""), ...rest.map((word) => word.split("/").slice(-3).join("/"))].join(" ");
}

function entries(folder: string): readonly string[] {
  return attempt(() => readdirSync(folder)) ?? [];
}

/** What `look` finds, or undefined: processes end and belong to others while one looks. */
function attempt<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
