// The command line of `muster keys COMMAND`: what join tokens are signed with, and the use of one.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `keys` to the commands. */
export function addKeysCommands(program: Command, run: ProgramPorts["run"]): void {
  const keys = program
    .command("keys")
    .description("what join tokens are signed with: list, rotate, revoke; and redeem");
  asking(keys.command("list"))
    .description("every key, the oldest first; the public half of each is at /.well-known/jwks.json")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { listKeys } = await import("./commands/keys.ts");
        return await listKeys(context);
      }),
    );
  asking(keys.command("rotate"))
    .description("make a new key; the one before verifies until its last token has expired")
    .option(
      "--after <time>",
      "publish it so long before it signs, such as 10m; default: it signs at once",
      parsed(parseDuration),
    )
    .option("--id <id>", "of the new key; default: drawn")
    .action((options: AddressOptions & { readonly after?: number; readonly id?: string }) =>
      run(options, async (context) => {
        const { rotateKey } = await import("./commands/keys.ts");
        return await rotateKey({ afterMs: options.after ?? 0, id: options.id ?? "" }, context);
      }),
    );
  asking(keys.command("revoke"))
    .description("end a key at once that somebody else may have; its tokens count no more")
    .argument("<id>", "of the key")
    .action((id: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { revokeKey } = await import("./commands/keys.ts");
        return await revokeKey(id, context);
      }),
    );
  asking(keys.command("redeem"))
    .description("use a join token up, as a server does that lets its player in")
    .argument("<token>")
    .option("--match <id>", "the match that it has to be of; default: any")
    .action((token: string, options: AddressOptions & { readonly match?: string }) =>
      run(options, async (context) => {
        const { redeemToken } = await import("./commands/keys.ts");
        return await redeemToken({ token, matchId: options.match ?? "" }, context);
      }),
    );
}
