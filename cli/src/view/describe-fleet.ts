// A fleet and its processes in a few words, for the live view and `muster fleet list`.
import type { Fleet, FleetScaling } from "@muster/proto/fleet";
import type { ServerProcess } from "../contract/session.ts";
import { shortId } from "./describe-event.ts";

/** "3", "0..10, 2 in reserve". */
export function describeScaling(message: FleetScaling | undefined): string {
  const scaling = message?.scaling;
  if (scaling?.$case !== "elastic") return String(scaling?.value ?? 0);
  const { minProcesses, maxProcesses, reserve } = scaling.value;
  const unit = reserve?.$case === "reservePercent" ? " %" : "";
  return `${minProcesses}..${maxProcesses}, ${reserve?.value ?? 0}${unit} in reserve`;
}

/** What is so while servers of the fleets are debugged; undefined where none are. */
export function describeDebugging(fleets: readonly Fleet[]): string | undefined {
  const names = fleets.filter(({ debug }) => debug).map(({ name }) => name);
  return names.length === 0
    ? undefined
    : `DEBUG: health of ${names.join(", ")} is not judged, and nothing there times out`;
}

/**
 * "arena-eu  eu-west  2 of 3 ready (0..10, 2 in reserve)  1 starting  2 sessions, 1 free": what there is none of is left out, and
 * so is a size that says the same as the target.
 */
export function describeFleet(fleet: Fleet): string {
  const size = fleet.drained ? "drained" : describeScaling(fleet.scaling);
  const isTold = size === String(fleet.targetProcesses);
  const counted = [
    { count: fleet.startingProcesses, what: "starting" },
    { count: fleet.drainingProcesses, what: "draining" },
    { count: fleet.terminatingProcesses, what: "ending" },
    { count: fleet.outdatedProcesses, what: "of another build" },
  ].filter(({ count }) => count > 0);
  return [
    fleet.name,
    fleet.region,
    ...(fleet.build === "" ? [] : [`build ${fleet.build}`]),
    ...(fleet.debug ? ["debugged"] : []),
    ...(fleet.waitsForChange ? ["waits for a change of its files"] : []),
    `${fleet.readyProcesses} of ${fleet.targetProcesses} ready${isTold ? "" : ` (${size})`}`,
    ...counted.map(({ count, what }) => `${count} ${what}`),
    `${fleet.sessions} ${fleet.sessions === 1 ? "session" : "sessions"}, ${fleet.freeSessions} free`,
  ].join("  ");
}

/** "    proc_z5tfhxm03g…  READY  1 session  pid 26599  arena: ada is sent to red"; of one that starts, what it has yet to call. */
export function describeProcess({ processId, state, pid, battleSessionIds }: ServerProcess, lastLine: string): string {
  const sessions = battleSessionIds.length;
  const none = state === "STARTING" ? "until processReady()" : "idle";
  return [
    `    ${shortId(processId)}`,
    state.padEnd("TERMINATING".length),
    sessions === 0 ? none : `${sessions} ${sessions === 1 ? "session" : "sessions"}`,
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(lastLine === "" ? [] : [lastLine]),
  ].join("  ");
}

const ESC = "\u001b";
const COLOURS = new RegExp(`${ESC}\\[[0-9;]*[A-Za-z]`, "g");

/**
 * The last line of `text` that says anything, without colours and whatever else would move a terminal's cursor; of a line of JSON its
 * `msg`. What the sidecar says of itself counts only where the game has said nothing.
 */
export function lastLineOf(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => {
    const plain = line
      .replace(COLOURS, "")
      .replace(/\p{Cc}/gu, " ")
      .trim();
    return messageOf(plain) ?? { message: plain, isOfSidecar: false };
  });
  const said = lines.filter(({ message }) => message !== "");
  return (said.findLast(({ isOfSidecar }) => !isOfSidecar) ?? said.at(-1))?.message ?? "";
}

/** Of a structured line; undefined for text. */
function messageOf(line: string): { readonly message: string; readonly isOfSidecar: boolean } | undefined {
  if (!line.startsWith("{") || !line.endsWith("}")) return undefined;
  try {
    const { msg, service } = JSON.parse(line);
    return typeof msg === "string" ? { message: msg, isOfSidecar: service === "sidecar" } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
