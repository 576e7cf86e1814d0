// The command line as a page: every command with its arguments and options, as the program itself knows them.
import type { buildProgram } from "@muster/cli";
import { escapeHtml } from "../escape-html.ts";
import type { Heading, Page } from "../page.ts";
import { createSlugger } from "../slug.ts";

/** The command line, or a command of it. */
export type Command = ReturnType<typeof buildProgram>;

const TITLE = "Commands of muster";

/** A section for each command, those below another after it. */
export function commandsPage(program: Command): Page {
  const headings: Heading[] = [{ level: 1, text: TITLE, anchor: "top" }];
  const slug = createSlugger();
  const parts = [
    `<h1 id="top">${TITLE}</h1>\n<p><code>npx muster COMMAND --help</code> says the same in a terminal.</p>\n`,
  ];
  const tell = (command: Command, words: readonly string[]) => {
    const name = [...words, command.name()];
    const text = name.join(" ");
    const anchor = slug(text);
    const level = Math.min(words.length + 1, 4);
    headings.push({ level, text, anchor });
    parts.push(
      `<h${level} id="${anchor}"><code>${escapeHtml(text)}</code> <a class="anchor" href="#${anchor}" aria-label="link to this heading">#</a></h${level}>\n`,
      ...bodyOf(command, text),
    );
    for (const below of command.commands) tell(below, name);
  };
  for (const command of program.commands) tell(command, [program.name()]);
  return { path: "reference/commands.html", title: TITLE, body: parts.join(""), headings, terms: [], language: "en" };
}

function bodyOf(command: Command, name: string): readonly string[] {
  const rows = [
    ...command.registeredArguments.map((one) => {
      const shown = `${one.required ? "<" : "["}${one.name()}${one.variadic ? "..." : ""}${one.required ? ">" : "]"}`;
      return row(shown, one.description, one.defaultValue);
    }),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map((one) => {
        const choices = one.argChoices ? `${one.description} (${one.argChoices.join(", ")})` : one.description;
        return row(one.flags, choices, one.defaultValue);
      }),
  ];
  const usage = `<pre tabindex="0"><code>npx ${escapeHtml(`${name} ${command.usage()}`.trim())}</code></pre>\n`;
  const about = command.description() === "" ? "" : `<p>${escapeHtml(command.description())}</p>\n`;
  if (rows.length === 0) return [about, command.commands.length > 0 ? "" : usage];
  const table = `<div class="table"><table><thead><tr><th>argument or option</th><th>meaning</th><th>default</th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>\n`;
  return [about, usage, table];
}

function row(shown: string, meaning: string, fallback: unknown): string {
  const isNone = fallback === undefined || fallback === false || (Array.isArray(fallback) && fallback.length === 0);
  const said = isNone ? "–" : escapeHtml(typeof fallback === "string" ? fallback : JSON.stringify(fallback));
  return `<tr><td><code>${escapeHtml(shown)}</code></td><td>${escapeHtml(meaning)}</td><td>${said}</td></tr>`;
}
