// The page on which rule sets and queries are tried: every change is judged at once, in this browser; two minutes of players are
// simulated on demand.
import { askSimulation } from "./ask-simulation.ts";
import { browser, getElement } from "./dom.ts";
import { judgeQuery, judgeRuleSet, type Verdict } from "./verdicts.ts";

const [rules, example, ruleVerdict] = [getElement("rules"), getElement("example"), getElement("rules-verdict")];
const [query, mode, tickets] = [getElement("query"), getElement("mode"), getElement("tickets")];
const [settings, population, simulate] = [getElement("settings"), getElement("population"), getElement("simulate")];
const simulation = getElement("simulation");
const queryVerdict = getElement("query-verdict");

function show(element: typeof ruleVerdict, { isGood, lines }: Verdict): void {
  element.textContent = lines.join("\n");
  element.dataset.good = String(isGood);
}
const tryRules = () => show(ruleVerdict, judgeRuleSet(rules.value));
const tryQuery = () =>
  show(queryVerdict, judgeQuery(query.value, mode.value === "compatible" ? "compatible" : "best", tickets.value));

function takeFromLink(): void {
  const [, what, linked = ""] = /^#(rules|query)=(.*)$/s.exec(browser.location.hash) ?? [];
  if (what === "rules") {
    rules.value = decodeURIComponent(linked);
    tryRules();
  } else if (what === "query") {
    query.value = decodeURIComponent(linked);
    query.focus();
    tryQuery();
  }
}

rules.addEventListener("input", tryRules);
example.addEventListener("change", () => {
  const chosen = Array.from(example.children)[example.selectedIndex];
  rules.value = example.value;
  settings.value = chosen?.dataset.settings ?? "";
  population.value = chosen?.dataset.population ?? "";
  tryRules();
});
simulate.addEventListener("click", () => {
  simulation.textContent = "Simulating …";
  simulation.dataset.good = "";
  askSimulation({ rules: rules.value, settings: settings.value, population: population.value }, (verdict) =>
    show(simulation, verdict),
  );
});
for (const element of [query, mode, tickets]) element.addEventListener("input", tryQuery);
browser.addEventListener("hashchange", takeFromLink);
tryRules();
tryQuery();
takeFromLink();
