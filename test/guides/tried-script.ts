// A shell script that a guide shows as tried: found in its page, and run as a reader's shell would.
import { spawn } from "node:child_process";

/** The script under the remark `tried: curl`. Empty: there is none. */
export function findTriedScript(guide: string): string {
  return /<!-- tried: curl -->\n```sh\n(.*?)```/s.exec(guide)?.[1] ?? "";
}

/** Runs it in `cwd`. Disposing ends what it left running. */
export function runTriedScript(script: string, env: Readonly<Record<string, string>>, cwd: string) {
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
    ...{ cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] },
    env: { PATH: process.env.PATH, ...env },
  });
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, out, err: err.replaceAll(/^.*Terminated.*\n/gm, "") }));
  });
  return { ended, [Symbol.asyncDispose]: async () => endGroup(child.pid) };
}

/** What the script left behind is in its group; it may be gone. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
