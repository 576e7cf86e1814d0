// Configurations of queries as files and calls put them: they are told back as they were put, and stay of their kind.
import { AppliesTo } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { readConfigurationDocument, writeConfigurationDocument } from "./configuration-document.ts";
import { ask, createQueryWorld, queryConfiguration } from "./query-world.fixture.ts";

const document = {
  name: "arena",
  query: { mode: "compatible", intervalSeconds: 5, maxIntervals: 3, reversePrecision: true, reverseThreshold: 0 },
  queue: "queue",
};

test("a document is told back as it was put, its defaults filled in", async () => {
  await using world = await createQueryWorld([]);
  const message = readConfigurationDocument(document);
  expect(message).toMatchObject({ ruleSet: "", requestTimeoutSeconds: 0 });
  const put = { configuration: message, expectedVersion: 0 };
  expect(await world.configurations.putConfiguration(put)).toEqual({ version: 1 });
  expect(await world.configurations.putConfiguration({ configuration: message })).toEqual({ version: 1 });
  await world.restart();
  const { configuration } = await world.configurations.describeConfiguration({ name: "arena" });
  if (!configuration) throw new Error("no configuration");
  expect(configuration.query).toMatchObject({ mode: "compatible", intervalSeconds: 5, onMatched: "keepOthers" });
  const written = writeConfigurationDocument(configuration);
  expect(written).toMatchObject(document);
  expect(readConfigurationDocument(written)).toEqual(message);
});

test("a put never changes the kind, nor how queries are read", async () => {
  await using world = await createQueryWorld([queryConfiguration()]);
  const put = (changes: object) => {
    return world.configurations.putConfiguration({
      configuration: readConfigurationDocument({ name: "arena", ...changes }),
    });
  };
  const refusal = { reason: "FIELD_INVALID", metadata: { field: "query" } };
  await expect(put({ ruleSet: "duel" })).rejects.toMatchObject(refusal);
  await expect(put({ query: { mode: "compatible" } })).rejects.toMatchObject(refusal);
  expect(await put({ query: { maxIntervals: 9 } })).toEqual({ version: 2 });
});

test("tickets of before a change for new tickets only meet one another alone", async () => {
  await using world = await createQueryWorld([queryConfiguration()]);
  await ask(world, "old", { minCount: 2, maxCount: 3 });
  const configuration = readConfigurationDocument({ name: "arena", queue: "queue", query: { intervalSeconds: 1 } });
  await world.configurations.putConfiguration({ configuration, appliesTo: AppliesTo.NEW_TICKETS });
  for (const id of ["n1", "n2"]) await ask(world, id, { minCount: 2, maxCount: 3 });
  await world.clock.advance(2_200);
  const states = await Promise.all(["old", "n1", "n2"].map((id) => world.state(id)));
  expect(states).toEqual(["SEARCHING", "COMPLETED", "COMPLETED"]);
  expect(world.faults).toEqual([]);
});
