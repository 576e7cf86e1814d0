// A JSON Schema as a page: a section for each key of the document, a row for each setting, by its path.
import { escapeHtml } from "../escape-html.ts";
import type { Heading, Page } from "../page.ts";

export type Schema = {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
};

/** How deep a setting may lie in another and have a row of its own: schemas may hold themselves. */
const DEPTH_MAX = 8;

export function schemaPage(path: string, title: string, root: Schema): Page {
  const headings: Heading[] = [{ level: 1, text: title, anchor: "top" }];
  const terms: Heading[] = [];
  const parts = [
    `<h1 id="top">${escapeHtml(title)}</h1>\n${root.description ? `<p>${escapeHtml(root.description)}</p>\n` : ""}`,
  ];
  const variants = root.properties ? [root] : (root.anyOf ?? root.oneOf ?? []);
  const seen = new Set<string>();
  for (const variant of variants) {
    const of = variants.length > 1 ? `${variant.title ?? "variant"}: ` : "";
    for (const [key, schema] of Object.entries(variant.properties ?? {})) {
      if (key === "$schema") continue;
      const anchor = seen.has(key) ? `${key}-${seen.size}` : key;
      seen.add(anchor);
      headings.push({ level: 2, text: `${of}${key}`, anchor });
      parts.push(
        `<h2 id="${escapeHtml(anchor)}">${escapeHtml(of)}<code>${escapeHtml(key)}</code> <a class="anchor" href="#${escapeHtml(anchor)}" aria-label="link to this heading">#</a></h2>\n`,
      );
      const rows = rowsOf(key, schema, { root, isRequired: variant.required?.includes(key) ?? false, depth: 0 });
      for (const { name } of rows) {
        const id = `${anchor}.${name}`;
        if (!seen.has(id)) terms.push({ level: 7, text: name, anchor: id });
      }
      const shown = rows.map(({ name, says, bounds, fallback }) => {
        const id = `${anchor}.${name}`;
        const isNew = !seen.has(id);
        seen.add(id);
        return `<tr${isNew ? ` id="${escapeHtml(id)}"` : ""}><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(bounds)}</td><td>${escapeHtml(fallback)}</td><td>${escapeHtml(says)}</td></tr>`;
      });
      parts.push(
        `<div class="table"><table><thead><tr><th>setting</th><th>value</th><th>default</th><th>meaning</th></tr></thead><tbody>${shown.join("\n")}</tbody></table></div>\n`,
      );
    }
  }
  return { path, title, body: parts.join(""), headings, terms, language: "en" };
}

type Row = { readonly name: string; readonly bounds: string; readonly fallback: string; readonly says: string };
type At = { readonly root: Schema; readonly isRequired: boolean; readonly depth: number };

function rowsOf(name: string, given: Schema, at: At): readonly Row[] {
  const schema = resolveRef(given, at.root);
  const own: Row = {
    name,
    bounds: boundsOf(schema, at.root),
    fallback: schema.default === undefined ? (at.isRequired ? "needed" : "–") : JSON.stringify(schema.default),
    says: schema.description ?? given.description ?? "",
  };
  if (at.depth >= DEPTH_MAX) return [own];
  return [own, ...innerOf(name, schema, { ...at, depth: at.depth + 1 })];
}

function innerOf(name: string, schema: Schema, at: At): readonly Row[] {
  const inner: Row[] = [];
  for (const [key, one] of Object.entries(schema.properties ?? {})) {
    inner.push(...rowsOf(`${name}.${key}`, one, { ...at, isRequired: schema.required?.includes(key) ?? false }));
  }
  if (schema.items) inner.push(...innerOf(`${name}[]`, resolveRef(schema.items, at.root), at));
  if (typeof schema.additionalProperties === "object") {
    inner.push(...innerOf(`${name}.*`, resolveRef(schema.additionalProperties, at.root), at));
  }
  const names = new Set(inner.map((row) => row.name));
  for (const variant of schema.anyOf ?? schema.oneOf ?? []) {
    for (const row of innerOf(name, resolveRef(variant, at.root), at)) {
      if (!names.has(row.name)) inner.push(row);
      names.add(row.name);
    }
  }
  return inner;
}

function resolveRef(schema: Schema, root: Schema): Schema {
  const found = /^#\/\$defs\/(?<name>.+)$/.exec(schema.$ref ?? "")?.groups?.name;
  return found === undefined ? schema : (root.$defs?.[found] ?? schema);
}

function boundsOf(schema: Schema, root: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(", ");
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map((one) => boundsOf(resolveRef(one, root), root)))].join(", or ");
  const type = typeof schema.type === "string" ? schema.type : (schema.type?.join(" or ") ?? "anything");
  if (type === "array") {
    const items = schema.items ? boundsOf(resolveRef(schema.items, root), root) : "anything";
    return `list of ${items}${range(schema.minItems, schema.maxItems, "items")}`;
  }
  if (type === "string") return `string${range(schema.minLength, schema.maxLength, "characters")}`;
  return `${type}${range(schema.minimum, schema.maximum, "")}`;
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const of = unit === "" ? "" : ` ${unit}`;
  // What stands for "any whole number" in a schema says nothing to a reader.
  const top = most !== undefined && most >= Number.MAX_SAFE_INTEGER ? undefined : most;
  const low = least !== undefined && least <= Number.MIN_SAFE_INTEGER ? undefined : least;
  if (low === undefined && top === undefined) return "";
  if (top === undefined) return `, at least ${low}${of}`;
  if (low === undefined) return `, at most ${top}${of}`;
  return `, ${low} to ${top}${of}`;
}
