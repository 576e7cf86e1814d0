// By what each ticket plays, kept plainly: every version of every rule set and configuration with the tickets that it was put for.
// Nothing is ever thrown away, so that what a record names can be found.
import type { MatcherFact } from "@muster/matcher/testing";

type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;
type Configuration = Fact<"configuration-put">["configuration"];

type Version<Value> = { readonly version: number; readonly fromArrival: number; readonly value: Value };
type History<Value> = {
  /** The last is the present one; earlier ones count for tickets that arrived before it. */
  present: readonly Version<Value>[];
  readonly all: Map<number, Value>;
};

/** What a ticket is matched by. */
export type Play = {
  readonly configurationVersion: number;
  readonly choices: readonly {
    readonly ruleSet: string;
    readonly version: number;
    readonly queue: string | undefined;
  }[];
};

export interface VersionBook {
  /** By what a ticket of the configuration plays that arrived as number `arrival`. Undefined: the configuration is not there. */
  playOf(configuration: string, arrival: number): Play | undefined;
  /** Whether it plays as tickets do that come now. */
  isPresent(ticket: { readonly configuration: string; readonly arrival: number }): boolean;
  /** The document of a version; undefined: there was none. */
  documentOf(ruleSet: string, version: number): string | undefined;
  fold(fact: MatcherFact, arrivals: number): void;
}

export function createVersionBook(): VersionBook {
  const ruleSets = new Map<string, History<string>>();
  const configurations = new Map<string, History<Configuration>>();

  const put = <Value>(
    histories: Map<string, History<Value>>,
    name: string,
    next: {
      readonly value: Value;
      readonly isSame: (present: Value) => boolean;
      readonly isForNew: boolean;
      readonly isFiled: boolean;
      readonly arrivals: number;
    },
  ) => {
    const history = histories.get(name) ?? { present: [], all: new Map<number, Value>() };
    histories.set(name, history);
    const last = history.present.at(-1);
    if (last && next.isSame(last.value)) {
      if (!next.isFiled) history.present = [{ ...last, fromArrival: 1 }];
      return;
    }
    const version = { version: Math.max(0, ...history.all.keys()) + 1, value: next.value };
    history.all.set(version.version, next.value);
    history.present =
      next.isForNew && last
        ? [...history.present, { ...version, fromArrival: next.arrivals + 1 }]
        : [{ ...version, fromArrival: 1 }];
  };
  const versionFor = <Value>(history: History<Value> | undefined, arrival: number) =>
    history?.present.findLast(({ fromArrival }) => fromArrival <= arrival);
  const playOf = (name: string, arrival: number): Play | undefined => {
    const configuration = versionFor(configurations.get(name), arrival);
    if (!configuration) return undefined;
    const { ruleSet, queue, alternatives = [] } = configuration.value;
    const own = [{ ruleSet: ruleSet ?? "", queue }]; // By queries it says none.
    const named = [...own, ...alternatives.map((one) => ({ ...one, queue: one.queue ?? queue }))];
    return {
      configurationVersion: configuration.version,
      choices: named.map((one) => ({ ...one, version: versionFor(ruleSets.get(one.ruleSet), arrival)?.version ?? 0 })),
    };
  };
  return {
    playOf,
    isPresent: ({ configuration, arrival }) =>
      JSON.stringify(playOf(configuration, arrival)) ===
      JSON.stringify(playOf(configuration, Number.POSITIVE_INFINITY)),
    documentOf: (ruleSet, version) => ruleSets.get(ruleSet)?.all.get(version),
    fold(fact, arrivals) {
      if (fact.type === "rule-set-deleted") {
        const history = ruleSets.get(fact.name);
        if (history) history.present = [];
      }
      if (fact.type === "configuration-deleted") {
        const history = configurations.get(fact.name);
        if (history) history.present = [];
      }
      if (fact.type !== "rule-set-put" && fact.type !== "configuration-put") return;
      const terms = { isForNew: fact.newTicketsOnly === true, isFiled: fact.filed !== undefined, arrivals };
      if (fact.type === "rule-set-put") {
        const { name, document } = fact;
        put(ruleSets, name, { value: document, isSame: (one) => one === document, ...terms });
      } else {
        const { configuration } = fact;
        const text = textOf(configuration);
        put(configurations, configuration.name, {
          value: configuration,
          isSame: (one) => textOf(one) === text,
          ...terms,
        });
      }
    },
  };
}

/** Fields in the order of their names: what is left out and what is undefined are the same. */
function textOf(configuration: Configuration): string {
  return JSON.stringify(
    Object.entries(configuration)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .filter(([, value]) => value !== undefined),
  );
}
