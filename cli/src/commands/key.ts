// `muster key`: draws a key, and says what of it stands in muster.json.
import { systemRandom } from "@muster/kit";
import { hashKey } from "@muster/service";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** As many as the hash has: nobody guesses so many. */
const KEY_BYTES = 32;

/** Prints a new key, once, and its hash. Nothing is kept. */
export function drawKey(context: CommandContext): ExitCode {
  const key = Buffer.from(systemRandom.bytes(KEY_BYTES)).toString("base64url");
  const sha256 = hashKey(key);
  if (context.json) {
    printJson(context, { key, sha256 });
    return 0;
  }
  context.terminal.print(key);
  context.terminal.note(
    `Give it to whoever calls, as MUSTER_KEY. In muster.json, under access.keys: {"sha256":"${sha256}"}`,
  );
  return 0;
}
