// Parts of the site on small inputs: paths, anchors, links of documents, diagrams.
import { expect, test } from "vitest";
import { colourCode } from "./colour-code.ts";
import { drawDiagram } from "./draw-diagram.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { linkedFile, relativePath, sitePathOf } from "./site-path.ts";
import { createSlugger } from "./slug.ts";

const paths = [
  { source: "docs/README.md", path: "index.html" },
  { source: "README.md", path: "quick-start.html" },
  { source: "README.zh-CN.md", path: "quick-start.zh-CN.html" },
  { source: "GLOSSARY.md", path: "glossary.html" },
  { source: "docs/guides/backfill.md", path: "guides/backfill.html" },
  { source: "docs/reference/muster.schema.json", path: "reference/muster.schema.html" },
  { source: "examples/arena/muster.json", path: "source/examples/arena/muster.json.html" },
  { source: "examples/arena", path: "source/examples/arena/index.html" },
];
for (const { source, path } of paths) {
  test(`sitePathOf() puts ${source} at ${path}`, () => expect(sitePathOf(source)).toBe(path));
}

test("relativePath() leads from one page to another", () => {
  expect(relativePath("guides/backfill.html", "index.html")).toBe("../index.html");
  expect(relativePath("guides/a.html", "guides/b.html")).toBe("b.html");
  expect(relativePath("index.html", "guides/a.html")).toBe("guides/a.html");
});

test("linkedFile() follows a link from its document", () => {
  expect(linkedFile("docs/guides/a.md", "../../examples/arena")).toBe("examples/arena");
  expect(linkedFile("README.md", "docs/queries.md")).toBe("docs/queries.md");
});

test("anchors are GitHub's, in any language, and the second of a name is told apart", () => {
  const slug = createSlugger();
  expect(["What a rule costs", "`hosting`: how?", "环境 变量", "What a rule costs"].map(slug)).toEqual([
    ...["what-a-rule-costs", "hosting-how", "环境-变量", "what-a-rule-costs-1"],
  ]);
});

test("a document's links lead to pages, its remarks are gone, its code is text", () => {
  const text =
    "# A & B\n\n<!-- made by hand -->\n[there](../queries.md#clauses)\n\n```ts\nif (a < b) go();\n```\n\n| `word` | x |\n|---|---|\n| `NAME` | y |\n";
  const page = renderMarkdown(text, { source: "docs/guides/a.md", resolve: (path) => path });
  expect(page).toMatchObject({
    title: "A & B",
    leadsTo: ["docs/queries.md"],
    terms: [{ text: "NAME", anchor: "term-name" }],
  });
  expect(page.body).toContain('<a href="../queries.html#clauses">there</a>');
  expect(page.body).toContain("</span> (a &lt; b) go();");
  expect(page.body).not.toContain("made by hand");
});

test("a rule set in a document can be tried", () => {
  const ruleSet = '{\n  "version": "v1.0",\n  "teams": []\n}';
  const page = renderMarkdown(`\`\`\`json\n${ruleSet}\n\`\`\`\n`, { source: "docs/a.md", resolve: (path) => path });
  expect(page.body).toContain(`href="try.html#rules=${encodeURIComponent(ruleSet)}"`);
});

const codes = [
  { language: "ts", code: 'const a = "x"; // "b" <c>', has: '<span class="remark">// &quot;b&quot; &lt;c&gt;</span>' },
  { language: "ts", code: 'go("//no"); /* const */', has: '<span class="text">&quot;//no&quot;</span>' },
  { language: "json", code: '{ "a": "b", "n": -1.5, "t": true }', has: '<span class="key">&quot;a&quot;</span>' },
  { language: "sh", code: "npx a 'b # c' # d", has: '<span class="remark"># d</span>' },
  { language: "proto", code: "rpc A(B) returns (C); // <D>", has: '<span class="word">returns</span>' },
  { language: "yaml", code: "a: <b> # 'c", has: "a: &lt;b&gt; # 'c" },
];
for (const { language, code, has } of codes) {
  test(`colourCode() knows ${language} and shows what was written: ${code}`, () => {
    const html = colourCode(code, language);
    expect(html).toContain(has);
    const shown = html
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">");
    expect(shown.replaceAll("&quot;", '"').replaceAll("&amp;", "&")).toBe(code);
  });
}

test("a query in a document can be tried", () => {
  const page = renderMarkdown("```sh\nnpx muster query check '+a:b'\n```\n", {
    ...{ source: "docs/guides/a.md", resolve: (path) => path },
  });
  expect(page.body).toContain('href="../try.html#query=%2Ba%3Ab"');
});

test("a sequence is drawn with its messages in order and told to those who do not see it", () => {
  const drawn = drawDiagram("sequenceDiagram\n  participant A as ann\n  A->>B: hello <you>\n  Note over A,B: both");
  expect(drawn).toContain("<title>ann to B: hello &lt;you&gt;; both</title>");
});

test("states are a table, and other diagrams are left as they are written", () => {
  expect(drawDiagram("stateDiagram-v2\n  [*] --> SEARCHING: started\n  SEARCHING --> [*]")).toContain(
    "<tr><td>begins</td><td><code>SEARCHING</code></td><td>started</td></tr>",
  );
  expect(drawDiagram("pie\n  1")).toBeUndefined();
});
