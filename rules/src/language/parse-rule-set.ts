// A rule set document, in any dialect, into the one form: or every problem that it has, each with its place.
import { invariant } from "@muster/kit";
import { limits, MusterError } from "@muster/proto";
import type { RuleSet } from "../rule-set.ts";
import { checkSize } from "./check-size.ts";
import type { Dialect } from "./dialect.ts";
import { parseAlgorithm } from "./parse-algorithm.ts";
import { parseAttributes } from "./parse-attributes.ts";
import { parseExpansions } from "./parse-expansions.ts";
import { parseRules } from "./parse-rules.ts";
import { parseTeams } from "./parse-teams.ts";
import { scanJson } from "./scan-json.ts";
import { describeProblem, type Problem, readChoice, readObject, refuse, type Spot } from "./spot.ts";

/** Problems that one error names: gRPC trailers hold 8 KiB. `checkRuleSet` names them all. */
const PROBLEMS_SHOWN_MAX = 16;

/** Lists and objects in one another: no rule set needs more than five. */
const DEPTH_MAX = 32;

/**
 * The rule set of a document: a JSON text, or what it parses to.
 *
 * @throws {MusterError} RULE_SET_INVALID; `metadata.paths` lists the JSON paths of its problems, separated by commas.
 *
 * @example
 * const ruleSet = parseRuleSet({ version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 3 }] });
 */
export function parseRuleSet(document: unknown): RuleSet {
  const { ruleSet, problems } = readDocument(document);
  if (ruleSet) return ruleSet;
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX);
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : "";
  throw new MusterError(
    "RULE_SET_INVALID",
    `Cannot read the rule set: ${shown.map(describeProblem).join("; ")}${more}`,
    {
      metadata: { paths: shown.map((problem) => problem.path).join(",") },
    },
  );
}

/** Every problem of a document, in its order of sections; none means that `parseRuleSet` accepts it. */
export function checkRuleSet(document: unknown): readonly Problem[] {
  return readDocument(document).problems;
}

function readDocument(document: unknown): { readonly ruleSet?: RuleSet; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const spot = readJson({ path: "$", value: document, problems });
  const ruleSet = spot && readRoot(spot);
  return ruleSet && problems.length === 0 ? { ruleSet, problems } : { problems };
}

function readJson(spot: Spot): Spot | undefined {
  try {
    const text = typeof spot.value === "string" ? spot.value : (JSON.stringify(spot.value) ?? "");
    if (text.length > limits.RULE_SET_CHARS_MAX) {
      return refuse({ ...spot, value: text.length }, `must have at most ${limits.RULE_SET_CHARS_MAX} characters`);
    }
    const { depth, repeatedKey } = scanJson(text);
    if (depth > DEPTH_MAX) return refuse({ ...spot, value: text }, `must nest at most ${DEPTH_MAX} deep`);
    const value: unknown = JSON.parse(text);
    if (repeatedKey !== undefined) {
      refuse(
        { ...spot, path: repeatedKey, value: "twice" },
        "must be there once: of several only the last would count",
      );
    }
    return { ...spot, value };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse(spot, `must be JSON (${why})`);
  }
}

function readRoot(spot: Spot): RuleSet | undefined {
  const dialect = readDialect(spot);
  if (!dialect) return undefined;
  const versionKeys = dialect === "FLEXMATCH" ? ["ruleLanguageVersion", "name"] : ["version"];
  const algorithmKeys = dialect === "GPM" ? [] : ["algorithm"];
  const known = ["$schema", ...versionKeys, "playerAttributes", "teams", "rules", "expansions", ...algorithmKeys];
  const fields = readObject(spot, { known });
  if (!fields) return undefined;
  if (dialect === "FLEXMATCH") readChoice(fields("ruleLanguageVersion"), ["1.0"]);
  else readChoice(fields("version"), ["v1.0"]);
  const attributes = parseAttributes(fields("playerAttributes"), dialect);
  const { algorithm, expansionAge } = parseAlgorithm(fields("algorithm"), { dialect, attributes });
  const teams = parseTeams(fields("teams"), dialect);
  const rules = parseRules(fields("rules"), { dialect, attributes, teams });
  const [first, ...later] = parseExpansions(fields("expansions"), { dialect, attributes, teams, rules, algorithm });
  invariant(first, "there is a tier for age 0");
  checkSize(fields("rules"), [first, ...later]);
  return {
    dialect,
    attributes: [...attributes.values()].filter((attribute) => attribute !== undefined),
    expansionAge,
    tiers: [first, ...later],
  };
}

/** By the key that gives the version, and for "v1.0" by the way in which teams give their quantity. */
function readDialect(spot: Spot): Dialect | undefined {
  if (typeof spot.value !== "object" || spot.value === null || Array.isArray(spot.value)) {
    return refuse(spot, "must be an object");
  }
  const root = new Map<string, unknown>(Object.entries(spot.value));
  const isFlexMatch = root.has("ruleLanguageVersion");
  if (isFlexMatch && root.has("version")) {
    return refuse(
      { ...spot, path: "$.version", value: root.get("version") },
      "must not stand beside ruleLanguageVersion",
    );
  }
  if (isFlexMatch) return "FLEXMATCH";
  if (!root.has("version")) {
    return refuse(
      { ...spot, path: "$.version", value: undefined },
      'must be "v1.0", or give ruleLanguageVersion "1.0"',
    );
  }
  const teams = root.get("teams");
  const hasNumber = (team: unknown) => typeof team === "object" && team !== null && Object.hasOwn(team, "number");
  return Array.isArray(teams) && teams.some(hasNumber) ? "GPM" : "PGOS";
}
