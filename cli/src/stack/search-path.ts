// `node` in the command of a server or companion means the Node that runs us, not an older one that the machine has.
import { delimiter } from "node:path";

/** PATH with `folder` in front, once. */
export function searchPathWith(folder: string, path: string | undefined): string {
  const others = (path ?? "").split(delimiter).filter((one) => one !== "" && one !== folder);
  return [folder, ...others].join(delimiter);
}
