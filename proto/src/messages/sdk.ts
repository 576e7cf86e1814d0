// The one door to the generated messages of muster.sdk.v1.
export * from "../../gen/muster/sdk/v1/game_server.ts";
