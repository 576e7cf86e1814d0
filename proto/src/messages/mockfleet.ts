// The one door to the generated messages of muster.mockfleet.v1.
export * from "../../gen/muster/mockfleet/v1/mock_fleet.ts";
