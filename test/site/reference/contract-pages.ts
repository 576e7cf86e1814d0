// The contract as pages, one a package: each service with its calls, each message with its fields, in the words of the .proto.
import type {
  Contract,
  ContractEnum,
  ContractField,
  ContractMessage,
  ContractMethod,
} from "../../tidy/openapi/contract.ts";
import { examples } from "../../tidy/openapi/examples.ts";
import { escapeHtml } from "../escape-html.ts";
import type { Heading, Page } from "../page.ts";
import { codeBlock } from "../render-markdown.ts";

/** Packages that are for callers; the journal's are nobody's but ours. */
const isPublic = (name: string) => name.startsWith("muster.") && !name.startsWith("muster.journal.");

const SCALARS: Readonly<Record<string, string>> = {
  ...{ TYPE_STRING: "string", TYPE_BOOL: "bool", TYPE_BYTES: "bytes", TYPE_DOUBLE: "double", TYPE_FLOAT: "float" },
  ...{ TYPE_INT32: "int32", TYPE_INT64: "int64", TYPE_UINT32: "uint32", TYPE_UINT64: "uint64", TYPE_SINT32: "sint32" },
};

/** A page for each package, in the order of their names. `reasons`: words that the page of errors explains. */
export function contractPages(contract: Contract, reasons: ReadonlySet<string>): readonly Page[] {
  const packages = new Set([...contract.types.keys()].map(packageOf).filter(isPublic));
  return [...packages].toSorted().map((name) => packagePage(contract, { name, reasons }));
}

/** Where a package's page stands. */
export function packagePath(name: string): string {
  return `reference/${name}.html`;
}

type About = { readonly name: string; readonly reasons: ReadonlySet<string> };

function packagePage(contract: Contract, about: About): Page {
  const { name } = about;
  const headings: Heading[] = [{ level: 1, text: name, anchor: name }];
  const heading = (level: number, text: string, anchor: string) => {
    headings.push({ level, text, anchor });
    return `<h${level} id="${anchor}">${escapeHtml(text)} <a class="anchor" href="#${anchor}" aria-label="link to this heading">#</a></h${level}>\n`;
  };
  const parts = [`<h1 id="${name}">${name}</h1>\n`];
  const methods = contract.methods.filter((one) => one.package === name);
  for (const [service, calls] of Map.groupBy(methods, (one) => one.service)) {
    parts.push(heading(2, service, service), words(contract.services.get(`${name}.${service}`) ?? "", about));
    for (const call of calls) parts.push(heading(3, call.name, `${service}.${call.name}`), callBody(call, about));
  }
  const types = [...contract.types].filter(([id]) => packageOf(id) === name);
  if (types.length > 0) parts.push(heading(2, "Messages", "messages"));
  for (const [id, type] of types) {
    const short = shortName(id);
    parts.push(heading(3, short, short));
    parts.push(type.kind === "enum" ? enumBody(type, about) : messageBody(type, about));
  }
  return { path: packagePath(name), title: name, body: parts.join(""), headings, terms: [], language: "en" };
}

function callBody(call: ContractMethod, about: About): string {
  const { service, name, comment, input, output, clientStreaming, serverStreaming } = call;
  const side = (type: string, isStream: boolean) => `${isStream ? "a stream of " : ""}${typeLink(type, about)}`;
  const signature = `${words(comment, about)}<p class="signature">takes ${side(input, clientStreaming)}, answers ${side(output, serverStreaming)}</p>\n`;
  const id = `${about.name}.${service}/${name}`;
  const example = examples[id];
  if (clientStreaming || example === undefined) return signature;
  return `${signature}${codeBlock(`POST /${id}\n\n${JSON.stringify(example, undefined, 2)}`, { language: "http" })}`;
}

function messageBody(message: ContractMessage, about: About): string {
  const { fields, comment, choices } = message;
  const choice = choices.map(
    (names) => `<p>One of ${names.map((one) => `<code>${escapeHtml(one)}</code>`).join(", ")} at most.</p>`,
  );
  const intro = words(comment, about) + choice.join("");
  if (fields.length === 0) return `${intro}<p>It has no fields.</p>\n`;
  const rows = fields.map(
    (field) =>
      `<tr><td><code>${escapeHtml(field.name)}</code></td><td>${fieldType(field, message, about)}</td><td>${inline(field.comment, about)}</td></tr>`,
  );
  return `${intro}${table(["field", "type", "meaning"], rows)}`;
}

function enumBody({ comment, words: all }: ContractEnum, about: About): string {
  const rows = all.map(
    ({ word, comment: meaning }) =>
      `<tr><td><code>${escapeHtml(word)}</code></td><td>${inline(meaning, about)}</td></tr>`,
  );
  return `${words(comment, about)}${table(["word", "meaning"], rows)}`;
}

function table(head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((one) => `<th>${one}</th>`).join("");
  return `<div class="table"><table><thead><tr>${cells}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>\n`;
}

function fieldType(field: ContractField, message: ContractMessage, about: About): string {
  const map = message.maps.get(field.typeName ?? "");
  if (map) {
    const value = map.field.find(({ name }) => name === "value");
    return `map of string to ${value ? typeName(value, about) : "?"}`;
  }
  return `${field.label === "LABEL_REPEATED" ? "list of " : ""}${typeName(field, about)}`;
}

function typeName(field: Pick<ContractField, "type" | "typeName">, about: About): string {
  return field.typeName === undefined ? (SCALARS[field.type] ?? field.type) : typeLink(field.typeName, about);
}

function typeLink(id: string, { name }: About): string {
  const [owner, short] = [packageOf(id), shortName(id)];
  if (!isPublic(owner)) return `<code>${escapeHtml(id.slice(1))}</code>`;
  return `<a href="${owner === name ? "" : `${owner}.html`}#${short}"><code>${escapeHtml(short)}</code></a>`;
}

function words(comment: string, about: About): string {
  return comment === "" ? "" : `<p>${inline(comment, about)}</p>\n`;
}

/** Code in backticks, and reasons as links to what they mean. */
function inline(comment: string, { reasons }: About): string {
  return escapeHtml(comment)
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g, (word) =>
      reasons.has(word) ? `<a href="errors.html#term-${word.toLowerCase()}">${word}</a>` : word,
    );
}

function packageOf(id: string): string {
  return id.slice(1).split(".").slice(0, -1).join(".");
}

function shortName(id: string): string {
  return id.split(".").at(-1) ?? id;
}
