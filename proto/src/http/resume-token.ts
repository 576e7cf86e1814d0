// How streams resume whose contract has `resume_token` on both sides, which is every watch of matcher and fleet: the token is
// the name of each event, and the reader brings the last one back.
import type { StreamResume } from "../rpc/service.ts";

/** Undefined: `request` has no such field. */
export function tokenResume(request: unknown): StreamResume<unknown, unknown> | undefined {
  if (tokenOf(request) === undefined) return undefined;
  return {
    after: (asked, place) => ({ ...(asked as object), resumeToken: place }),
    follow: () => (response) => tokenOf(response) || undefined,
  };
}

function tokenOf(message: unknown): string | undefined {
  if (typeof message !== "object" || message === null || !("resumeToken" in message)) return undefined;
  return typeof message.resumeToken === "string" ? message.resumeToken : undefined;
}
