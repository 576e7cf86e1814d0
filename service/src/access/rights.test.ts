import { readFileSync } from "node:fs";
import type { roles } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import { rights } from "./rights.ts";

/** Read from the contract itself: a service that nobody thought of stands there too. */
function methodsOf(file: string): readonly string[] {
  const text = readFileSync(new URL(`../../../proto/muster/${file}`, import.meta.url), "utf8");
  const name = /^package ([\w.]+);/m.exec(text)?.[1] ?? "";
  const services = text.matchAll(/^service (\w+) \{(.*?)^\}/gms);
  return [...services].flatMap(([, service, body = ""]) => {
    return [...body.matchAll(/^ {2}rpc (\w+)\(/gm)].map(([, method]) => `/${name}.${service}/${method}`);
  });
}

const files = [
  "matchmaking/v1/matchmaking.proto",
  "matchmaking/v1/backfill.proto",
  "matchmaking/v1/configuration.proto",
  "matchmaking/v1/events.proto",
  "matchmaking/v1/party.proto",
  "matchmaking/v1/player_data.proto",
  "matchmaking/v1/join_tokens.proto",
  "fleet/v1/fleet.proto",
  "fleet/v1/host.proto",
  "mockfleet/v1/mock_fleet.proto",
  "service/v1/status.proto",
];

test("rights name every method of matcher and fleet, and no other", () => {
  expect([...rights.keys()].toSorted()).toEqual(files.flatMap(methodsOf).toSorted());
});

/** The paths that the role may call, without their packages. */
function callableBy(role: (typeof roles)[number]): readonly string[] {
  const paths = [...rights].filter(([, right]) => right.roles.includes(role)).map(([path]) => path);
  return paths.map((path) => path.slice(path.lastIndexOf(".") + 1)).toSorted();
}

test("rights let an observer read what names no player, and nothing else", () => {
  expect(callableBy("OBSERVER")).toEqual([
    "ConfigurationService/DescribeConfiguration",
    "ConfigurationService/DescribeRuleSet",
    "ConfigurationService/ListConfigurations",
    "ConfigurationService/ListRuleSets",
    "FleetService/DescribeAliases",
    "FleetService/DescribeFleets",
    "FleetService/DescribeProcesses",
    "FleetService/DescribeRegions",
    "MockFleetService/ListFaults",
    "StatusService/DescribeStatus",
  ]);
});

test("rights let a game server's key attach it, adopt its session, and let players in, and nothing else", () => {
  const callable = ["BackfillService/StartBackfill", "HostService/Attach", "JoinTokenService/RedeemJoinToken"];
  expect(callableBy("GAME_SERVER")).toEqual(callable);
});

test("rights keep backfills from backends, and tickets from matchers", () => {
  expect(callableBy("BACKEND").filter((path) => path.startsWith("BackfillService"))).toEqual([]);
  expect(callableBy("MATCHER").filter((path) => path.startsWith("MatchmakingService"))).toEqual([]);
});

test("rights let an operator do everything", () => {
  expect([...rights.values()].every((right) => right.roles.includes("OPERATOR"))).toBe(true);
});
