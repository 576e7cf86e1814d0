// The one door to the generated messages of muster.fleet.v1.
export * from "../../gen/muster/fleet/v1/fleet.ts";
export * from "../../gen/muster/fleet/v1/host.ts";
