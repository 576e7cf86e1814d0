// The files for containers: that they can be read, name what is there, and say nothing that no service would hear. No engine runs them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFleetConfig } from "@muster/mock-fleet";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { ROOT } from "../tidy/sources.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const reference = read("docs/reference/environment.md");
const variables = new Set([...reference.matchAll(/`(MUSTER_[A-Z_]+)`/g)].map(([, name = ""]) => name));

const environmentSchema = z.record(z.string(), z.string());
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.object({ context: z.string(), dockerfile: z.string(), target: z.string() }),
      environment: environmentSchema,
      volumes: z.array(z.string()),
      ports: z.array(z.string().regex(/^127\.0\.0\.1:/)),
    }),
  ),
  volumes: z.record(z.string(), z.object({})),
});
const containerSchema = z.object({
  name: z.string(),
  restartPolicy: z.string().optional(),
  env: z.array(z.object({ name: z.string() })),
});
const podSchema = z.object({
  kind: z.literal("Pod"),
  spec: z.object({
    securityContext: z.object({ runAsNonRoot: z.literal(true) }),
    initContainers: z.array(containerSchema),
    containers: z.array(containerSchema),
  }),
});

/** Instructions of a Containerfile with continued lines joined. */
function instructionsOf(text: string): readonly { readonly word: string; readonly rest: string }[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, word = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return { word, rest };
  });
}

function parseYaml(path: string): unknown {
  const [document, ...others] = parseAllDocuments(read(path));
  expect(others).toEqual([]);
  expect(document?.errors).toEqual([]);
  return document?.toJS();
}

test("the Containerfile has stages that build on one another, users without rights, and programs without a shell", () => {
  const instructions = instructionsOf(read("deploy/Containerfile"));
  const known = "FROM WORKDIR COPY RUN ENV VOLUME USER ENTRYPOINT EXPOSE HEALTHCHECK CMD".split(" ");
  expect(instructions.filter(({ word }) => !known.includes(word))).toEqual([]);
  const stages = new Map<string, { base: string; words: Map<string, string> }>();
  let current: Map<string, string> | undefined;
  for (const { word, rest } of instructions) {
    if (word === "FROM") {
      const [base = "", , name = ""] = rest.split(" ");
      current = new Map();
      expect(base === "node:24-bookworm-slim" || stages.has(base), base).toBe(true);
      stages.set(name, { base, words: current });
    } else current?.set(word, rest);
    if (word !== "COPY" || rest.startsWith("--from=")) continue;
    const [source = ""] = rest.split(" ");
    expect(existsSync(join(ROOT, source)), source).toBe(true);
  }
  const said = (stage: string, word: string): string | undefined => {
    const found = stages.get(stage);
    return found && (found.words.get(word) ?? said(found.base, word));
  };
  for (const target of ["matcher", "fleet", "sidecar"]) {
    expect(said(target, "USER"), target).toBe("node");
    const entry: unknown = JSON.parse(said(target, "ENTRYPOINT") ?? "");
    expect(entry).toEqual(["/usr/bin/tini", "--", expect.stringMatching(/^\/opt\/muster\//)]);
  }
});

test("compose.yaml can be read, builds stages that are there and opens this machine's ports alone", () => {
  const { services, volumes } = composeSchema.parse(parseYaml("deploy/compose.yaml"));
  const stages = [...read("deploy/Containerfile").matchAll(/^FROM .* AS (.+)$/gm)].map(([, name]) => name);
  for (const { build, environment, volumes: mounted } of Object.values(services)) {
    expect(stages).toContain(build.target);
    expect(existsSync(join(ROOT, "deploy", build.context, build.dockerfile))).toBe(true);
    expect(Object.keys(environment).filter((name) => !variables.has(name))).toEqual([]);
    for (const [from = ""] of mounted.map((one) => one.split(":"))) {
      expect(from.startsWith("./") ? existsSync(join(ROOT, "deploy", from)) : from in volumes, from).toBe(true);
    }
  }
});

test("the pod can be read, and its sidecar is one", () => {
  const { spec } = podSchema.parse(parseYaml("deploy/game-server-pod.yaml"));
  expect(spec.initContainers).toMatchObject([{ name: "sidecar", restartPolicy: "Always" }]);
  const named = [...spec.initContainers, ...spec.containers].flatMap(({ env }) => env.map(({ name }) => name));
  expect(named.filter((name) => !variables.has(name))).toEqual([]);
});

test("the muster.json of the containers is one that the fleet reads", () => {
  const { $schema: _, ...sections } = JSON.parse(read("deploy/muster.json"));
  const config = parseFleetConfig({ path: "/etc/muster/muster.json", directory: "/etc/muster", sections });
  expect(config.fleets.map(({ name }) => name)).toEqual(["try"]);
});
