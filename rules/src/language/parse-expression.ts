// Text → checked expression: `count(flatten(teams[red,blue].players))`. The grammar is small enough for one pass by hand.
import type { AttributeSpec, TeamSpec } from "../rule-set.ts";
import { type Dialect, dialects } from "./dialect.ts";
import { didYouMean } from "./did-you-mean.ts";
import {
  aggregationNames,
  type Expression,
  type FunctionName,
  functionNames,
  type PartyAggregation,
  type TeamReference,
} from "./expression.ts";
import { refuse, type Spot } from "./spot.ts";

/** What expressions may refer to. A name with no spec was declared wrongly: reported there, not again here. */
export type Declared = {
  readonly dialect: Dialect;
  readonly attributes: ReadonlyMap<string, AttributeSpec | undefined>;
  readonly teams: ReadonlyMap<string, TeamSpec | undefined>;
};

/** Function calls in one another: beyond this an expression is an attack, not a rule. */
const DEPTH_MAX = 16;

/** A plain string may well begin with such a word: "teams of four", "Dust (night)". */
const EXPRESSION_START = new RegExp(`^\\s*((teams|players)\\s*[.[]|(${functionNames.join("|")})\\s*\\()`);

/** Whether a text is meant as an expression, right or wrong, rather than as a plain string such as "deathmatch". */
export function looksLikeExpression(text: string): boolean {
  return EXPRESSION_START.test(text) || text.includes("teams[");
}

/** The expression at `spot`; `aggregation` is the rule's own `partyAggregation`. Reports what is wrong, and where. */
export function parseExpression(
  spot: Spot,
  declared: Declared,
  aggregation: PartyAggregation | undefined,
): Expression | undefined {
  if (typeof spot.value !== "string") return refuse(spot, "must be a property expression");
  const text = spot.value;
  let position = 0;

  const skip = () => {
    while (/\s/.test(text[position] ?? "x")) position += 1;
  };
  const take = (token: string): boolean => {
    skip();
    if (!text.startsWith(token, position)) return false;
    position += token.length;
    return true;
  };
  const word = (): string => {
    skip();
    const [found = ""] = /^[A-Za-z_]*/.exec(text.slice(position, position + 64)) ?? [];
    position += found.length;
    return found;
  };
  const expect = (token: string): boolean => take(token) || fail(`must have "${token}" at character ${position + 1}`);
  const fail = (message: string): false => {
    refuse(spot, message);
    return false;
  };
  const bracketed = (): string | undefined => {
    if (!expect("[")) return undefined;
    const end = text.indexOf("]", position);
    if (end < 0) return refuse(spot, `must close the "[" at character ${position}`);
    const inner = text.slice(position, end).trim();
    position = end + 1;
    return inner;
  };

  const readExpression = (depth: number): Expression | undefined => {
    if (depth > DEPTH_MAX) return refuse(spot, `must nest at most ${DEPTH_MAX} deep`);
    const name = word();
    if (name === "teams") return readPath();
    const called = functionNames.find((known) => known === name);
    if (called === undefined) {
      const hint = didYouMean(name, ["teams", ...functionNames]);
      return refuse(spot, `must begin with teams[…] or a function (${functionNames.join(", ")})${hint}`);
    }
    if (!expect("(")) return undefined;
    const argument = readExpression(depth + 1);
    if (!argument || !expect(")")) return undefined;
    return call(spot, called, argument);
  };

  const readPath = (): Expression | undefined => {
    const names = bracketed();
    if (names === undefined) return undefined;
    const teams = findTeams(spot, names, declared);
    if (!teams) return undefined;
    const depth = teams.isList ? 1 : 0;
    if (!take(".")) return { type: "teams", teams, leaf: "team", depth };
    const property = word();
    if (property !== "players") return refuse(spot, `must read .players of a team${didYouMean(property, ["players"])}`);
    if (text[position] === "[") {
      if (bracketed() !== "playerId") return refuse(spot, "must read players[playerId]");
      return { type: "player-ids", teams, leaf: "string", depth: depth + 1 };
    }
    if (!take(".")) return { type: "players", teams, leaf: "player", depth: depth + 1 };
    const { attributePath } = dialects[declared.dialect];
    if (word() !== attributePath) return refuse(spot, `must read players.${attributePath}[…] in this dialect`);
    const name = bracketed();
    const attribute = name === undefined ? undefined : findAttribute(spot, name, declared);
    if (!attribute) return undefined;
    const mapKey = attribute.type === "string_number_map" ? readMapKey(attribute) : undefined;
    if (attribute.type === "string_number_map" && mapKey === undefined) return undefined;
    if (aggregation && !aggregates(aggregation, attribute.type)) {
      const fitting = aggregationNames.filter((one) => aggregates(one, attribute.type)).join(", ");
      return refuse(
        spot,
        `reads "${name}", a ${attribute.type}: its partyAggregation must be one of ${fitting}, not ${aggregation}`,
      );
    }
    return {
      type: "attribute",
      teams,
      attribute,
      mapKey,
      aggregation: aggregation ?? defaultAggregation(attribute, declared.dialect),
      leaf: leafOf(attribute),
      depth: depth + 1,
    };
  };
  const readMapKey = (attribute: AttributeSpec): string | undefined => {
    if (text[position] === "[") return bracketed();
    return refuse(spot, `must say which number of the map it reads, as in [${attribute.name}][key]`);
  };

  const expression = readExpression(1);
  skip();
  if (expression && position < text.length) return refuse(spot, `must end at character ${position + 1}`);
  return expression;
}

/** Whether a party's values of the type can be aggregated so: strings have no average, numbers no union. */
export function aggregates(aggregation: PartyAggregation, type: AttributeSpec["type"]): boolean {
  if (aggregation === "each" || aggregation === "any") return true;
  const ofLists = aggregation === "union" || aggregation === "intersection";
  return type === "string_list" ? ofLists : type !== "string" && !ofLists;
}

function defaultAggregation({ type, partyAggregation }: AttributeSpec, dialect: Dialect): PartyAggregation {
  if (partyAggregation) return partyAggregation;
  const { partyAggregation: ofNumbers, listAggregation } = dialects[dialect];
  const usual = type === "string_list" ? listAggregation : ofNumbers;
  return aggregates(usual, type) ? usual : "each";
}

function leafOf({ type }: AttributeSpec): "number" | "string" | "string_list" {
  return type === "string_number_map" ? "number" : type;
}

function call(spot: Spot, name: FunctionName, argument: Expression): Expression | undefined {
  if (name === "set_intersection") {
    if (argument.leaf !== "string_list" || argument.depth === 0) {
      return refuse(spot, "must give set_intersection() a list of string lists");
    }
    return { type: "call", name, argument, leaf: "string_list", depth: argument.depth - 1 };
  }
  if (name === "count" && argument.leaf === "string_list" && argument.depth === 0) {
    return { type: "call", name, argument, leaf: "number", depth: 0 };
  }
  if (argument.depth === 0) return refuse(spot, `must give ${name}() a list`);
  if (name === "flatten") return { type: "call", name, argument, leaf: argument.leaf, depth: 1 };
  if (name !== "count" && argument.leaf !== "number") return refuse(spot, `must give ${name}() numbers`);
  return { type: "call", name, argument, leaf: "number", depth: argument.depth - 1 };
}

function findTeams(spot: Spot, text: string, declared: Declared): TeamReference | undefined {
  if (text === "*") {
    return { isAll: true, isList: true, instances: instancesOf(declared.teams).all, namesInstance: false };
  }
  const found: (readonly string[])[] = [];
  const taken = new Set<string>();
  let namesInstance = false;
  for (const name of text.split(",").map((part) => part.trim())) {
    if (taken.has(name)) return refuse(spot, "must name each team once");
    taken.add(name);
    const template = declared.teams.get(name);
    const byInstance = !template && instancesOf(declared.teams).names.has(name);
    if (template) found.push(template.instances);
    else if (byInstance) found.push([name]);
    else if (declared.teams.has(name) || [...declared.teams.values()].includes(undefined)) return undefined;
    else
      return refuse(
        spot,
        `must name teams of the rule set, not "${name.slice(0, 64)}"${didYouMean(name, declared.teams.keys())}`,
      );
    if (!template) namesInstance = true;
  }
  const [first = []] = found;
  const instances = found.length === 1 ? first : found.flat();
  if (found.length > 1 && new Set(instances).size < instances.length) return refuse(spot, "must name each team once");
  return { isAll: false, isList: text.includes(",") || instances.length > 1, instances, namesInstance };
}

type Instances = { readonly all: readonly string[]; readonly names: ReadonlySet<string> };

/** There may be 10,000 of them and 1,024 expressions, so that those lists are shared. */
const instancesOfTeams = new WeakMap<Declared["teams"], Instances>();

function instancesOf(teams: Declared["teams"]): Instances {
  const known = instancesOfTeams.get(teams);
  if (known) return known;
  const all = [...teams.values()].flatMap((team) => team?.instances ?? []);
  const instances = { all, names: new Set(all) };
  instancesOfTeams.set(teams, instances);
  return instances;
}

export function findAttribute(spot: Spot, name: string, declared: Declared): AttributeSpec | undefined {
  const attribute = declared.attributes.get(name);
  if (attribute || declared.attributes.has(name)) return attribute;
  const hint = didYouMean(name, declared.attributes.keys());
  return refuse(spot, `must name a declared attribute, not "${name.slice(0, 64)}"${hint}`);
}
