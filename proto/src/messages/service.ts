// The one door to the generated messages of muster.service.v1.
export * from "../../gen/muster/service/v1/status.ts";
