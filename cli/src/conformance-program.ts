// The command that judges sidecars and games.
import type { Command } from "commander";
import { parseServiceAddress } from "./arguments/address.ts";
import { parsed, withJson } from "./arguments/asking.ts";
import type { ProgramPorts } from "./program.ts";

type Flags = {
  readonly sidecar?: string;
  readonly token: string;
  readonly fleetBind?: string;
  readonly serve?: string | true;
  readonly http?: string;
  readonly players?: boolean;
  readonly json?: boolean;
};

export function addConformanceCommand(program: Command, run: ProgramPorts["run"]): void {
  withJson(program.command("conformance"))
    .description("judge a sidecar by the life of a game, or, with --serve, a game and its SDK by that of a sidecar")
    .argument("[command...]", "after --, with --serve: starts the game")
    .option(
      "--sidecar <address>",
      "the sidecar, as its game reaches it (default: ours, started here)",
      parsed(parseServiceAddress),
    )
    .option("--token <token>", "what the sidecar asks of its game", "")
    .option(
      "--fleet-bind <address>",
      "where the sidecar reaches its fleet (default: a free port)",
      parsed(parseServiceAddress),
    )
    .option("--serve [address]", "be the sidecar, and judge the game that comes here (default: 127.0.0.1:7430)")
    .option("--http <address>", "with --serve: offer JSON over HTTP too", parsed(parseServiceAddress))
    .option("--players", "with --serve: the game accepts whoever has a seat, and removes players who leave")
    .passThroughOptions()
    .action((command: string[], { sidecar, token, fleetBind, serve, http, players, json }: Flags) =>
      run({ matcher: "", fleet: "", json: json === true, ownSignals: true }, async (context) => {
        const { judgeGameHere, judgeSidecarHere } = await import("./commands/conformance.ts");
        if (serve === undefined) return await judgeSidecarHere({ sidecar, token, fleetBind }, context);
        const bind = parseServiceAddress(serve === true ? "127.0.0.1:7430" : serve);
        return await judgeGameHere({ bind, httpBind: http, token, command, acceptsPlayers: players === true }, context);
      }),
    );
}
