// The OpenAPI documents say what is served: every method that HTTP carries, in schemas that hold together, with examples that their
// methods take.
import { readFileSync } from "node:fs";
import { MusterError } from "@muster/proto";
import { FleetServiceDefinition, HostServiceDefinition } from "@muster/proto/fleet";
import { readJsonMessage } from "@muster/proto/http";
import * as matchmaking from "@muster/proto/matchmaking";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import type { ServiceDefinition } from "@muster/proto/rpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { StatusServiceDefinition } from "@muster/proto/service";
import { expect, test } from "vitest";
import { examples } from "./openapi/examples.ts";
import { ROOT } from "./sources.ts";

type Operation = { readonly responses: Readonly<Record<string, { readonly $ref?: string }>> };
type Document = {
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** The service definitions that a module exports. */
const definitionsOf = (module: object): readonly ServiceDefinition[] =>
  Object.values(module).filter((value) => typeof value === "object" && "fullName" in value && "methods" in value);
const documents: readonly { readonly name: string; readonly services: readonly ServiceDefinition[] }[] = [
  { name: "matcher", services: [...definitionsOf(matchmaking), StatusServiceDefinition] },
  {
    name: "fleet",
    services: [HostServiceDefinition, FleetServiceDefinition, MockFleetServiceDefinition, StatusServiceDefinition],
  },
  { name: "sidecar", services: [GameServerServiceDefinition] },
];

for (const { name, services } of documents) {
  const document: Document = JSON.parse(readFileSync(`${ROOT}proto/gen/openapi/${name}.json`, "utf8"));
  const methods = services.flatMap(({ fullName, methods }) =>
    Object.values(methods).map((method) => ({ path: `/${fullName}/${method.name}`, method })),
  );

  test(`the document of the ${name} has every method that HTTP carries, and no other`, () => {
    const served = methods.filter(({ method }) => !method.requestStream).map(({ path }) => path);
    expect(Object.keys(document.paths).toSorted()).toEqual([...served, "/healthz", "/readyz"].toSorted());
    for (const { path, method } of methods.filter(({ method }) => !method.requestStream)) {
      expect(Object.keys(document.paths[path] ?? {}), path).toEqual(method.responseStream ? ["get", "post"] : ["post"]);
    }
  });

  test(`every reference of the document of the ${name} leads somewhere`, () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    expect(refs.length).toBeGreaterThan(10);
    for (const [ref, kind = "", part = ""] of refs) expect(document.components[kind]?.[part], ref).toBeDefined();
  });

  test(`every example of the ${name} is a request that its method takes`, () => {
    for (const { path, method } of methods) {
      const example = examples[path.slice(1)];
      if (example !== undefined) expect(() => readJsonMessage(method.requestType, example), path).not.toThrow();
    }
  });
}

test("every example belongs to a method", () => {
  const paths = documents.flatMap(({ services }) =>
    services.flatMap(({ fullName, methods }) => Object.values(methods).map(({ name }) => `${fullName}/${name}`)),
  );
  expect(Object.keys(examples).filter((path) => !paths.includes(path))).toEqual([]);
});

test("the document tells the reasons of a refusal under the status that they have", () => {
  const { paths, components }: Document = JSON.parse(readFileSync(`${ROOT}proto/gen/openapi/matcher.json`, "utf8"));
  const { responses } = paths["/muster.matchmaking.v1.MatchmakingService/CancelMatching"]?.post ?? { responses: {} };
  expect(JSON.stringify(responses["404"])).toContain("TICKET_NOT_FOUND");
  expect(JSON.stringify(responses["409"])).toContain("TICKET_ALREADY_MATCHED");
  expect(responses["413"]?.$ref).toBe("#/components/responses/413");
  expect(JSON.stringify(components.responses?.["413"])).toContain(new MusterError("MESSAGE_TOO_LARGE", "").reason);
});
