// The page on which rule sets and queries are tried.
import { escapeHtml } from "./escape-html.ts";
import type { Page } from "./page.ts";

export const TRY_PATH = "try.html";

const QUERY = "+properties.region:eu +properties.rank:>=5 properties.mode:ranked^2";
const TICKETS = [
  { ticketId: "ann", stringProperties: { region: "eu", mode: "ranked" }, numericProperties: { rank: 9 } },
  { ticketId: "ben", stringProperties: { region: "eu", mode: "casual" }, numericProperties: { rank: 7 } },
  { ticketId: "cleo", stringProperties: { region: "us", mode: "ranked" }, numericProperties: { rank: 9 } },
];

/** Each a JSON text: the rule set, the rest of its configuration, and who comes. */
export type TriedExample = { readonly rules: string; readonly settings: string; readonly population: string };

/** `examples` by name; the first is there to begin with. */
export function tryPage(examples: ReadonlyMap<string, TriedExample>): Page {
  const options = [...examples].map(
    ([name, { rules, settings, population }]) =>
      `<option value="${escapeHtml(rules)}" data-settings="${escapeHtml(settings)}" data-population="${escapeHtml(population)}">${escapeHtml(name)}</option>`,
  );
  const [first = { rules: "", settings: "{}", population: "{}" }] = examples.values();
  const tickets = TICKETS.map((ticket) => JSON.stringify(ticket)).join("\n");
  const body = `<h1 id="try">Try rule sets and queries</h1>
<p>Both are judged in your browser, by the code that the matcher uses. Nothing is sent anywhere.</p>
<h2 id="a-rule-set">A rule set</h2>
<p><label for="example">Begin with </label><select id="example">${options.join("")}</select>; <a href="rule-sets.html">the language</a>.</p>
<textarea id="rules" rows="22" spellcheck="false" aria-label="Rule set as JSON">${escapeHtml(first.rules)}</textarea>
<pre id="rules-verdict" class="verdict" aria-live="polite"></pre>
<h2 id="how-long-people-would-wait">How long people would wait</h2>
<p>Two minutes of <a href="populations.html">a population</a>, played by the matcher's own core under this rule set, as
<a href="simulate.html"><code>muster simulate</code></a> does. A searching rule set takes some seconds.</p>
<p><label for="settings">The rest of the configuration</label></p>
<textarea id="settings" rows="5" spellcheck="false">${escapeHtml(first.settings)}</textarea>
<p><label for="population">Who comes</label></p>
<textarea id="population" rows="16" spellcheck="false">${escapeHtml(first.population)}</textarea>
<p><button id="simulate" type="button">Simulate two minutes</button></p>
<pre id="simulation" class="verdict" aria-live="polite"></pre>
<h2 id="a-query">A query</h2>
<p><label for="query">A query finds tickets by what they say of themselves; </label><a href="queries.html">the language</a>.</p>
<p><input id="query" spellcheck="false" value="${escapeHtml(QUERY)}"> <select id="mode" aria-label="How it is read"><option>best</option><option>compatible</option></select></p>
<textarea id="tickets" rows="5" spellcheck="false" aria-label="Tickets, one a line">${escapeHtml(tickets)}</textarea>
<pre id="query-verdict" class="verdict" aria-live="polite"></pre>
<noscript><p>This page needs JavaScript: <code>npx muster rules check FILE</code> says the same.</p></noscript>
`;
  const headings = [
    { level: 1, text: "Try rule sets and queries", anchor: "try" },
    { level: 2, text: "A rule set", anchor: "a-rule-set" },
    { level: 2, text: "How long people would wait", anchor: "how-long-people-would-wait" },
    { level: 2, text: "A query", anchor: "a-query" },
  ];
  return {
    ...{ path: TRY_PATH, title: "Try rule sets and queries", body, headings, terms: [], language: "en" },
    scripts: ["try.js"],
  };
}
