// Follows the file that rule sets and configurations come from while the matcher runs: what changed there and is legal is put, what is
// not is said once and left as it was. What the file says no more stays: only a command deletes. What a call has put since stays too,
// until the file says something new of it, over restarts too.
import { type Clock, repeat, unreachable } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Log } from "@muster/service";
import type { LegalConfig, MatcherConfig } from "./config.ts";
import type { PutResult } from "./put-config.ts";

/** How often the file, and those of its rule sets, are looked at, in ms. */
export const CONFIG_LOOK_MS = 1_000;

export type ConfigEvent =
  /** Names such as "rule set duel" and "configuration ranked". */
  | { readonly type: "taken-over"; readonly changed: readonly string[] }
  /** A line for each mistake; what is wrong stays as it was. Said once. */
  | { readonly type: "refused"; readonly why: string }
  | { readonly type: "mended" };

export type FollowConfigOptions = {
  /** What the file said when the matcher started: that was put then. */
  readonly config: MatcherConfig;
  /** The file as it is now. @throws {MusterError} if nothing of it can be read. */
  readonly read: () => Promise<LegalConfig>;
  readonly put: (config: MatcherConfig) => Promise<PutResult>;
  readonly clock: Clock;
  readonly onEvent: (event: ConfigEvent) => void;
  /** The matcher can decide nothing any more. */
  readonly onFatal: (error: unknown) => void;
};

/** Follows until it is disposed of. */
export function followConfig({ config, read, put, clock, onEvent, onFatal }: FollowConfigOptions): AsyncDisposable {
  /** What was last put, as text by what it is of. */
  const known = new Map(entriesOf(config).map(({ what, text }) => [what, text]));
  let told = "";
  let seen = "";

  /** Said when it stands at two looks: a file that somebody is writing is illegal for a moment. */
  const tell = (problems: readonly string[]) => {
    const why = problems.join("\n");
    const stands = why === seen;
    seen = why;
    if (!stands || why === told) return;
    told = why;
    onEvent(why === "" ? { type: "mended" } : { type: "refused", why });
  };
  const look = async () => {
    const { config: next, refused } = await read();
    const changed = entriesOf(next).filter(({ what, text }) => known.get(what) !== text);
    const result = await put({
      ruleSets: changed.flatMap(({ ruleSet }) => ruleSet ?? []),
      configurations: changed.flatMap(({ configuration }) => configuration ?? []),
    });
    for (const { what, text } of changed) if (!result.refused.has(what)) known.set(what, text);
    if (result.changed.length > 0) onEvent({ type: "taken-over", changed: result.changed });
    tell([...refused, ...result.refused.values()].map(({ message }) => message));
  };
  return repeat({ clock, everyMs: CONFIG_LOOK_MS, onError: onFatal }, () =>
    look().catch((error: unknown) => {
      if (!(error instanceof MusterError)) throw error;
      tell([error.message]);
    }),
  );
}

/** Writes events down as a service does. */
export function logConfigEvents(log: Log): (event: ConfigEvent) => void {
  return (event) => {
    switch (event.type) {
      case "taken-over":
        return log.info({ changed: event.changed }, "Took over what changed in muster.json");
      case "refused":
        return log.error({ why: event.why }, "Playing on by what was there: muster.json cannot be taken over whole");
      case "mended":
        return log.info({}, "muster.json can be taken over whole again");
      default:
        return unreachable(event);
    }
  };
}

type Entry = {
  readonly what: string;
  readonly text: string;
  readonly ruleSet?: MatcherConfig["ruleSets"][number];
  readonly configuration?: MatcherConfig["configurations"][number];
};

function entriesOf({ ruleSets, configurations }: MatcherConfig): readonly Entry[] {
  return [
    ...ruleSets.map((ruleSet) => ({ what: `rule set ${ruleSet.name}`, text: ruleSet.document, ruleSet })),
    ...configurations.map((configuration) => {
      return { what: `configuration ${configuration.name}`, text: JSON.stringify(configuration), configuration };
    }),
  ];
}
