// How the values of an expression may change while players join: what makes a breach final, so that a search can turn
// back early. Teams only gain players here, and parties come whole, so that what one player or party brings is fixed. Further
// teams may open, and those that are empty may go.
import type { Expression } from "../language/expression.ts";

/** Of each value that is there already: it never falls, never rises; both: it never changes. More values may come. */
export type Course = { readonly rises: boolean; readonly falls: boolean };

export const fixed: Course = { rises: true, falls: true };
const unknown: Course = { rises: false, falls: false };

/** The course of an expression of numbers or strings. */
export function courseOf(expression: Expression): Course {
  if (expression.type !== "call") return fixed;
  const { name, argument } = expression;
  switch (name) {
    case "flatten":
      return courseOf(argument);
    case "count":
      return countsPlayers(argument) ? { rises: true, falls: false } : unknown;
    case "max": // Over more values it is higher.
      return { rises: courseOf(argument).rises, falls: false };
    case "min":
      return { rises: false, falls: courseOf(argument).falls };
    case "sum": // Of counts: none is negative.
      return { rises: isCount(argument), falls: false };
    default:
      return unknown;
  }
}

/** Not teams, nor the strings that all have: of both there may be fewer. */
function countsPlayers(counted: Expression): boolean {
  if (counted.type === "call") return counted.name === "flatten" && countsPlayers(counted.argument);
  return counted.type !== "teams";
}

/** The course of measured − reference. */
export function gapCourse(measured: Course, reference: Course): Course {
  return { rises: measured.rises && reference.falls, falls: measured.falls && reference.rises };
}

/** Whether a pair may be no pair later: 0 may be the count of an empty team, and goes with it. */
export function mayGo(measured: number | string, reference: number | string): boolean {
  return measured === 0 || reference === 0;
}

function isCount(expression: Expression): boolean {
  if (expression.type !== "call") return false;
  if (expression.name === "count") return courseOf(expression).rises;
  return (expression.name === "flatten" || expression.name === "sum") && isCount(expression.argument);
}
