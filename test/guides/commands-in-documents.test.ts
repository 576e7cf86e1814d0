// The commands of documents are ones that the program takes: their words, flags and the form of their values.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildProgram } from "@muster/cli";
import { expect, test } from "vitest";
import { listFiles, ROOT } from "../tidy/sources.ts";

type Command = ReturnType<typeof buildProgram>;
type Shown = { readonly at: string; readonly line: string };

/** Lines of shell blocks that begin with the program, without remarks and what other programs do with what it prints. */
function findCommands(path: string): readonly Shown[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(/^```(?:sh|console)\n(?<block>.*?)^```$/gms)].flatMap(
    ({ groups: { block = "" } = {}, index }) => {
      const first = text.slice(0, index).split("\n").length + 1;
      const lines = block.replaceAll(/\\\n\s*/g, (broken) => " ".repeat(broken.length)).split("\n");
      return lines.flatMap((line, offset): readonly Shown[] => {
        const { command } = /^(?:\$ )?npx muster (?<command>.+)$/.exec(line)?.groups ?? {};
        return command === undefined ? [] : [{ at: `${path}:${first + offset}`, line: command }];
      });
    },
  );
}

/** As a shell reads them, up to what is no word of the command any more: a remark, a pipe, a file, two spaces and a sentence. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [, space = "", word = ""] of line.matchAll(/(\s*)((?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+)/g)) {
    if (words.length > 0 && (/^(?:#|[|>&;<]|2>)/.test(word) || (space.length > 1 && !/^-/.test(word)))) break;
    words.push(
      word.replaceAll(/"([^"]*)"|'([^']*)'|\\(.)/g, (_, double, single, escaped) => double ?? single ?? escaped),
    );
  }
  return words;
}

/** Why the program does not take the words, or "". */
async function refusalOf(words: readonly string[]): Promise<string> {
  const program = buildProgram({ run: async () => undefined, runService: async () => undefined });
  const said: string[] = [];
  const soften = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: (text) => void said.push(text), writeOut: () => undefined });
    for (const below of command.commands) soften(below);
  };
  soften(program);
  try {
    await program.parseAsync([...words], { from: "user" });
    return "";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "commander.helpDisplayed") return "";
    return said.join("") || String(error);
  }
}

const documents = [...listFiles(["docs/*.md", "examples/*.md"]), "README.md", "CONTRIBUTING.md"];
const commands = documents.flatMap(findCommands);

test("documents show commands", () => expect(commands.length).toBeGreaterThan(80));

test("the program takes every command of documents", async () => {
  const refused: string[] = [];
  for (const { at, line } of commands) {
    const refusal = await refusalOf(wordsOf(line));
    if (refusal !== "") refused.push(`${at} muster ${line}: ${refusal.trim()}`);
  }
  expect(refused).toEqual([]);
});

test("a flag or a word that is not there is refused", async () => {
  expect(await refusalOf(["ticket", "start", "--playerz", "2"])).toContain("--playerz");
  expect(await refusalOf(["tickets"])).toContain("tickets");
});

const lines = [
  { line: "rules check FILE # says what", words: ["rules", "check", "FILE"] },
  { line: "fleet scale arena --processes 8       keep eight", words: ["fleet", "scale", "arena", "--processes", "8"] },
  { line: `query check '+a:b "c d"' --mode best | head`, words: ["query", "check", '+a:b "c d"', "--mode", "best"] },
  { line: "sessions --filter \"name = 'a'\" --json > out", words: ["sessions", "--filter", "name = 'a'", "--json"] },
];
for (const { line, words } of lines) {
  test(`wordsOf() reads ${line}`, () => expect(wordsOf(line)).toEqual(words));
}
