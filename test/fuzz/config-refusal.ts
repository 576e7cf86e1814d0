// How a file may be refused: as a whole, with the path of what is wrong, and in few words.
import { MusterError } from "@muster/proto";
import { Finding } from "./finding.ts";

/** Characters of a refusal on a terminal: a screen or two. */
const REFUSAL_CHARS_MAX = 16_000;

/** What `read` reads, or nothing if it refuses as a configuration may be refused. */
export async function refusable<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    if (error.reason !== "CONFIG_INVALID")
      throw new Finding(`A file is refused with ${error.reason}`, { cause: error });
    if (!error.metadata.path?.startsWith("$")) throw new Finding(`Its refusal names no path: ${error.message}`);
    if (error.message.length > REFUSAL_CHARS_MAX)
      throw new Finding(`Its refusal has ${error.message.length} characters`);
    return undefined;
  }
}
