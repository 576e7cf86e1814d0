// What a game says of its battles' properties and its players' attributes, so that both have types and are checked as they come:
// any validator that follows Standard Schema (standardschema.dev), as those of zod, valibot and ArkType do.
import { type Attributes, fieldInvalid, MusterError } from "@muster/proto";
import type { ErrorContext } from "./callbacks.ts";

/** The types of one game's sessions and players. */
export type GameTypes = {
  /** Of `session.properties`. */
  readonly properties: unknown;
  /** Of `player.attributes`. */
  readonly attributes: unknown;
};

/** Without validators: properties are strings, attributes what a rule set may declare. */
export type AnyGame = { readonly properties: Readonly<Record<string, string>>; readonly attributes: Attributes };

/** The types of a game by name of each. */
export type Game<Properties, PlayerAttributes> = {
  readonly properties: Properties;
  readonly attributes: PlayerAttributes;
};

/** The part of Standard Schema that is used here. Validators that answer with a promise are refused: nothing waits for them. */
export type Validator<Output> = {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validation<Output> | Promise<Validation<Output>>;
  };
};

type Validation<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

type Issue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
};

export type GameValidators<Types extends GameTypes> = {
  /** Of `session.properties`, which arrive as strings: a validator may turn them into numbers and more. */
  readonly properties?: Validator<Types["properties"]> | undefined;
  /** Of `player.attributes`. */
  readonly attributes?: Validator<Types["attributes"]> | undefined;
};

/** Reads what comes, as its type says. */
export interface GameReader {
  properties(value: AnyGame["properties"], battleSessionId: string): AnyGame["properties"];
  attributes(value: AnyGame["attributes"], battleSessionId: string): AnyGame["attributes"];
}

type Report = (error: MusterError, context: ErrorContext) => void;

/** Paths that are remembered as reported: what comes by configuration has few, what comes by players may have any number. */
const REPORTED_MAX = 1_000;

/**
 * A battle does not end by an attribute that is not as expected: a value that does not fit is reported once, with its path, and
 * handed on as it came.
 */
export function createGameReader(
  { properties, attributes }: Pick<GameValidators<GameTypes>, "properties" | "attributes">,
  report: Report,
): GameReader {
  const reported = new Set<string>();
  const complain = (error: MusterError, battleSessionId: string) => {
    const { field = "" } = error.metadata;
    if (reported.has(field) || reported.size >= REPORTED_MAX) return;
    reported.add(field);
    report(error, { where: "sidecar", battleSessionId });
  };
  const read = <Value>(
    at: { readonly field: string; readonly battleSessionId: string },
    validator: Validator<unknown> | undefined,
    value: Value,
  ): Value => {
    if (!validator) return value;
    const { field, battleSessionId } = at;
    try {
      const validation = validator["~standard"].validate(value);
      if (validation instanceof Promise) {
        validation.catch(() => undefined); // What it would say is not heard.
        complain(fieldInvalid(field, "what a validator says at once, not by a promise", "a promise"), battleSessionId);
        return value;
      }
      if (!validation.issues) return validation.value as Value;
      for (const issue of validation.issues) complain(misfit(field, issue), battleSessionId);
    } catch (cause) {
      const why = `Cannot look at ${field} of ${battleSessionId} as its validator threw: ${String(cause)}`;
      complain(new MusterError("FIELD_INVALID", why, { metadata: { field }, cause }), battleSessionId);
    }
    return value;
  };
  return {
    properties: (value, battleSessionId) => read({ field: "properties", battleSessionId }, properties, value),
    attributes: (value, battleSessionId) => read({ field: "attributes", battleSessionId }, attributes, value),
  };
}

function misfit(field: string, { message, path = [] }: Issue): MusterError {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  const whole = [field, ...keys].join(".");
  return new MusterError("FIELD_INVALID", `Cannot read ${whole} as its type says: ${message}`, {
    metadata: { field: whole },
  });
}
