// JSON as a person writes it: what fits on a line stands on one.

const COLUMNS = 100;

/** With two spaces a level and a line break at the end. Objects at the top level are always spread. */
export function formatJson(value: unknown): string {
  return `${format(value, 0)}\n`;
}

function format(value: unknown, depth: number): string {
  const line = onOneLine(value);
  const isSpread =
    typeof value !== "object" || value === null ? false : depth === 0 || line.length + 2 * depth > COLUMNS;
  if (!isSpread) return line;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const indent = "  ".repeat(depth + 1);
  const parts = Array.isArray(value)
    ? value.map((one) => format(one, depth + 1))
    : Object.entries(value as object).map(([key, one]) => `${JSON.stringify(key)}: ${format(one, depth + 1)}`);
  return `${open}\n${parts.map((part) => indent + part).join(",\n")}\n${"  ".repeat(depth)}${close}`;
}

function onOneLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  const fields = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${onOneLine(one)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
