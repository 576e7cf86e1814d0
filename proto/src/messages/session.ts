// The one door to the generated messages of muster.session.v1.
export * from "../../gen/muster/session/v1/session.ts";
