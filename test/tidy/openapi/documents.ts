// The OpenAPI documents that are served, by the file that each is kept in.
import { readContract } from "./contract.ts";
import { type ApiSpec, writeOpenApi } from "./write-openapi.ts";

const APIS: Readonly<Record<string, ApiSpec>> = {
  "proto/gen/openapi/matcher.json": {
    title: "Muster's matcher",
    about: "Tickets, backfills, configurations and what belongs to them, as JSON over HTTP.",
    packages: ["muster.matchmaking.v1", "muster.service.v1"],
  },
  "proto/gen/openapi/fleet.json": {
    title: "Muster's fleet",
    about: "Placements, server sessions, seats and processes, as JSON over HTTP.",
    packages: ["muster.fleet.v1", "muster.mockfleet.v1", "muster.service.v1"],
  },
  "proto/gen/openapi/sidecar.json": {
    title: "Muster's sidecar",
    about: "What a dedicated game server calls on its own machine, as JSON over HTTP.",
    packages: ["muster.sdk.v1"],
  },
};

/** Path and text of each. `meanings`: of each reason, in a sentence. */
export function writeOpenApiDocuments(meanings: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const contract = readContract();
  return new Map(Object.entries(APIS).map(([path, spec]) => [path, writeOpenApi(contract, spec, meanings)]));
}
