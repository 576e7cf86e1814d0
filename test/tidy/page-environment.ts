// docs/reference/environment.md from the tables by which each process reads its variables.
import type { EnvironmentSpec, VariableSpec } from "@muster/kit";
import { matcherEnvironment } from "@muster/matcher";
import { fleetEnvironment } from "@muster/mock-fleet";
import { gameEnvironment } from "@muster/sdk";
import { backendEnvironment } from "@muster/sdk/backend";
import { sidecarEnvironment } from "@muster/sidecar";

const readers: readonly { readonly who: string; readonly about: string; readonly spec: EnvironmentSpec }[] = [
  { who: "Matcher", about: "`muster matcher`", spec: matcherEnvironment },
  { who: "Mock fleet", about: "`muster fleet`", spec: fleetEnvironment },
  {
    who: "Sidecar",
    about:
      "`muster-sidecar -- COMMAND`, or `muster sidecar -- COMMAND`; a fleet sets most of them, and docs/guides/run-the-sidecar.md says when you do",
    spec: sidecarEnvironment,
  },
  { who: "Game server", about: "`@muster/sdk` in the dedicated server; the sidecar sets them", spec: gameEnvironment },
  { who: "Game backend", about: "`@muster/sdk/backend`, and the `muster` command", spec: backendEnvironment },
];

/** What a fleet and a sidecar hand to a game beside what the SDK reads. */
const handed: readonly { readonly name: string; readonly meaning: string }[] = [
  {
    name: "MUSTER_SIDECAR_HTTP",
    meaning: "Address of the sidecar's JSON over HTTP: host:port or unix:/path. Not set where it serves none.",
  },
  { name: "MUSTER_PROCESS_ID", meaning: "Id of the server process." },
  { name: "MUSTER_FLEET", meaning: "Name of its fleet." },
  { name: "MUSTER_REGION", meaning: "Region of its fleet." },
  { name: "MUSTER_PORT", meaning: "The first port that the fleet assigned: listen there." },
  { name: "MUSTER_PORT_<NAME>", meaning: "Each port by its name in the fleet's configuration, upper case." },
];

const ports: readonly { readonly port: string; readonly who: string }[] = [
  { port: "7410", who: "matcher, gRPC" },
  { port: "7411", who: "matcher, JSON over HTTP" },
  { port: "7420", who: "fleet, gRPC" },
  { port: "7421", who: "fleet, JSON over HTTP" },
  { port: "7430", who: "sidecar that a running game joins, gRPC; a sidecar that starts its game takes any free port" },
  { port: "7431", who: "the same sidecar, JSON over HTTP; any free port for a game that it starts" },
  { port: "7400", who: "the example backend, HTTP" },
  { port: "7500–7599", who: "games" },
];

const files: readonly { readonly path: string; readonly what: string }[] = [
  { path: "muster.json", what: "fleets, queues, rule sets, configurations, companions" },
  { path: "$MUSTER_DATA/matcher.sqlite", what: "journal of the matcher" },
  { path: "$MUSTER_DATA/fleet.sqlite", what: "journal of the mock fleet" },
  { path: "$MUSTER_DATA/processes/PROCESS.log", what: "output of one server process and its sidecar" },
  {
    path: "$MUSTER_DATA/processes/PROCESS.log.json",
    what: "who runs it: what a restarted sidecar needs to adopt the living game; mode 0600",
  },
  { path: ".muster/matcher, .muster/fleet", what: "the data folders of the two under `muster dev`" },
  { path: ".muster/logs/NAME.log", what: "what a service or a companion of `muster dev` printed" },
];

/** The page. */
export function writeEnvironmentPage(): string {
  const sections = readers.map(({ who, about, spec }) => `## ${who}\n\n${about}\n\n${table(spec)}`);
  return `<!-- Made by npm run gen from the tables in the code. -->
# Environment variables, ports, files

Every variable is checked at the start; one that breaks its rule ends the start with a sentence that names it.

${sections.join("\n\n")}

## What a game is handed

Beside MUSTER_SIDECAR and MUSTER_SIDECAR_TOKEN:

| variable | meaning |
|---|---|
${handed.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`).join("\n")}

## Ports

| port | who |
|---|---|
${ports.map(({ port, who }) => `| ${port} | ${who} |`).join("\n")}

## Files

| path | what |
|---|---|
${files.map(({ path, what }) => `| \`${path}\` | ${what} |`).join("\n")}
`;
}

function table(spec: EnvironmentSpec): string {
  const rows = Object.entries(spec).map(([name, variable]) => row(name, variable));
  return ["| variable | meaning | default |", "|---|---|---|", ...rows].join("\n");
}

function row(name: string, { meaning, fallback, secret }: VariableSpec<unknown>): string {
  const shown = fallback === undefined ? "–" : fallback === "" ? "empty" : `\`${fallback}\``;
  return `| \`${name}\` | ${meaning}${secret ? " A secret." : ""} | ${shown} |`;
}
