// An expression as people write it, for explanations.
import { type Expression, isPerPlayer, sourceOf, type TeamReference } from "../language/expression.ts";

/** As it would stand in a document of any dialect: `avg(teams[red].players[skill])`. */
export function describeExpression(expression: Expression): string {
  switch (expression.type) {
    case "call":
      return `${expression.name}(${describeExpression(expression.argument)})`;
    case "teams":
      return describeTeams(expression.teams);
    case "players":
      return `${describeTeams(expression.teams)}.players`;
    case "player-ids":
      return `${describeTeams(expression.teams)}.players[playerId]`;
    case "attribute": {
      const key = expression.mapKey === undefined ? "" : `[${expression.mapKey}]`;
      return `${describeTeams(expression.teams)}.players[${expression.attribute.name}]${key}`;
    }
  }
}

/** `each` where every player's own value is meant, else the expressions. */
export function describeMeasured(measurements: readonly Expression[]): string {
  return measurements.every(isPerPlayer) ? "each" : measurements.map(describeExpression).join(", ");
}

/** The attributes that the expressions read, or `team sizes` where they only count. */
export function describeSources(expressions: readonly Expression[]): string {
  const names = expressions.map(sourceOf).map((source) => {
    if (source.type === "attribute") return source.attribute.name;
    return source.type === "player-ids" ? "player ids" : "team sizes";
  });
  return [...new Set(names)].join(", ");
}

function describeTeams({ isAll, instances }: TeamReference): string {
  return `teams[${isAll ? "*" : instances.join(",")}]`;
}
