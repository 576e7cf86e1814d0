// The command line of `muster party COMMAND`: players who stay together.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import type { PartyVerb } from "./commands/party.ts";
import type { ProgramPorts } from "./program.ts";

type Parse = (text: string) => Readonly<Record<string, unknown>>;

/** What each verb does, and whether the player who is named brings attributes. Those for the leader act in the leader's name. */
const VERBS: Readonly<Record<Exclude<PartyVerb, "dissolve">, { readonly says: string; readonly brings?: boolean }>> = {
  invite: { says: "for the leader: a player may join for five minutes" },
  join: { says: "a player joins, by an invitation or as the party is open", brings: true },
  ask: { says: "a player asks to be let in", brings: true },
  accept: { says: "for the leader: let a player in who has asked" },
  refuse: { says: "for the leader: refuse a player who has asked" },
  leave: { says: "a member leaves, or a player declines an invitation" },
  kick: { says: "for the leader: remove a member, or take an invitation back" },
  promote: { says: "for the leader: let another member lead" },
};

/** Adds `party` to the program. @param parseJson reads what players bring. */
export function addPartyCommands(program: Command, run: ProgramPorts["run"], parseJson: Parse): void {
  const party = program.command("party").description("parties of players: create, invite, join, leave, show, watch …");
  asking(party.command("create"))
    .description("a party that a player leads")
    .argument("<leader>")
    .option("--id <id>", "of the party; default: drawn")
    .option("--members-max <number>", "most members; default 100", parsed(wholeNumberFrom(1, 100)))
    .option("--open", "anybody may join")
    .option("--attributes <json>", "of the leader, such as '{\"skill\":1}'", parsed(parseJson), {})
    .action((leader: string, options: AddressOptions & CreateFlags) =>
      run(options, async (context) => {
        const { createParty } = await import("./commands/party.ts");
        const { id: partyId, membersMax = 0, open = false, attributes } = options;
        return await createParty({ leader, partyId, membersMax, open, attributes }, context);
      }),
    );
  for (const [verb, { says, brings = false }] of Object.entries(VERBS)) {
    const command = asking(party.command(verb)).description(says).argument("<id>").argument("<player>");
    if (brings) command.option("--attributes <json>", "of the player, such as '{\"skill\":1}'", parsed(parseJson), {});
    command.action((partyId: string, playerId: string, options: AddressOptions & Partial<CreateFlags>) =>
      run(options, async (context) => {
        const { changeParty } = await import("./commands/party.ts");
        const { attributes = {} } = options;
        return await changeParty(verb as PartyVerb, { partyId, playerId, attributes }, context);
      }),
    );
  }
  asking(party.command("dissolve"))
    .description("for the leader: the party ends")
    .argument("<id>")
    .action((partyId: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { changeParty } = await import("./commands/party.ts");
        return await changeParty("dissolve", { partyId, playerId: "", attributes: {} }, context);
      }),
    );
  for (const [word, says] of [
    ["show", "a party as it stands"],
    ["watch", "every change as it happens, until Ctrl-C"],
  ] as const) {
    asking(party.command(word))
      .description(says)
      .argument("[id]")
      .option("--player <id>", word === "show" ? "the party that this player is in" : "only what concerns this player")
      .action((partyId: string | undefined, options: AddressOptions & { player?: string }) =>
        run(options, async (context) => {
          const commands = await import("./commands/party.ts");
          const of = { partyId, playerId: options.player };
          return await (word === "show" ? commands.showParty(of, context) : commands.watchParties(of, context));
        }),
      );
  }
}

type CreateFlags = {
  readonly id?: string;
  readonly membersMax?: number;
  readonly open?: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
};
