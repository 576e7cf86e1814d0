// `npm run examples`: writes the tables and charts of examples/rule-sets and the pictures of docs/guides anew, as their commands give them.
import { writeFileSync } from "node:fs";
import { writeGuide } from "../guides/write-guide.ts";
import { listExamples, runExample, withTable } from "./rule-set-example.ts";

for (const example of listExamples()) {
  const { table, chart } = await runExample(example);
  writeFileSync(example.path("README.md"), withTable(example, table));
  writeFileSync(example.path("chart.svg"), chart);
  console.log(`wrote ${example.name}`);
}
await writeGuide();
