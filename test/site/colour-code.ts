// Code in colours, as far as a few patterns go: remarks, texts, numbers and words of the language. What is shown stays what was
// written, sign for sign.
import { escapeHtml } from "./escape-html.ts";

type Kind = "remark" | "text" | "number" | "word" | "key";
type Language = readonly { readonly kind: Kind; readonly what: RegExp }[];

const TEXTS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/;
const NUMBERS = /\b\d[\d_]*(?:\.\d+)?\b/;
const words = (all: string) => new RegExp(`\\b(?:${all.replaceAll(" ", "|")})\\b`);

const script: Language = [
  { kind: "remark", what: /\/\/[^\n]*|\/\*[\s\S]*?\*\// },
  { kind: "text", what: TEXTS },
  {
    kind: "word",
    what: words(
      "async await break case catch class const continue default else export extends false finally for from function if import in instanceof interface let new null of readonly return static switch this throw true try type typeof undefined using void while",
    ),
  },
  { kind: "number", what: NUMBERS },
];
const json: Language = [
  { kind: "key", what: /"(?:\\.|[^"\\\n])*"(?=\s*:)/ },
  { kind: "text", what: TEXTS },
  { kind: "word", what: words("true false null") },
  { kind: "number", what: /-?\b\d[\d.]*(?:e[+-]?\d+)?\b/i },
];
const shell: Language = [
  { kind: "remark", what: /(?<=^|\s)#[^\n]*/m },
  { kind: "text", what: /"(?:\\.|[^"\\])*"|'[^']*'/ },
];
const proto: Language = [
  { kind: "remark", what: /\/\/[^\n]*/ },
  { kind: "text", what: TEXTS },
  {
    kind: "word",
    what: words(
      "bool bytes double enum import int32 int64 map message oneof optional package repeated reserved returns rpc service stream string syntax uint32 uint64",
    ),
  },
  { kind: "number", what: NUMBERS },
];
const LANGUAGES: Readonly<Record<string, Language>> = {
  ...{ ts: script, js: script, mjs: script, json, jsonl: json, proto },
  ...{ sh: shell, bash: shell, http: json },
};

/** The code as HTML, with a `span` of its kind around what is known. Unknown languages stay plain. */
export function colourCode(code: string, language: string): string {
  const known = LANGUAGES[language];
  if (!known) return escapeHtml(code);
  const any = new RegExp(known.map(({ what }, index) => `(?<k${index}>${what.source})`).join("|"), "gm");
  let html = "";
  let at = 0;
  for (const found of code.matchAll(any)) {
    const kind = known.find((_, index) => found.groups?.[`k${index}`] !== undefined)?.kind;
    html += `${escapeHtml(code.slice(at, found.index))}<span class="${kind}">${escapeHtml(found[0])}</span>`;
    at = found.index + found[0].length;
  }
  return html + escapeHtml(code.slice(at));
}
