// The command lines of `muster config` and `muster rules`: what a matcher plays by.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed, withJson } from "./arguments/asking.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import type { ProgramPorts } from "./program.ts";

type ChangeOptions = AddressOptions & { readonly expectedVersion?: number };
type PutFlags = ChangeOptions & { readonly newTickets?: boolean };

/** Adds both to `program`. */
export function addConfigurationCommands(program: Command, run: ProgramPorts["run"]): void {
  addConfigCommands(program, run);
  addRulesCommands(program, run);
}

function addConfigCommands(program: Command, run: ProgramPorts["run"]): void {
  const config = program.command("config").description("matchmaking configurations: list, show, put, delete");
  asking(config.command("list"))
    .description("all configurations: version, rule set and queue")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { listConfigurations } = await import("./commands/config.ts");
        return await listConfigurations(context);
      }),
    );
  asking(config.command("show"))
    .description("one configuration, as muster.json would write it")
    .argument("<name>")
    .action((name: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { showConfiguration } = await import("./commands/config.ts");
        return await showConfiguration(name, context);
      }),
    );
  putting(config.command("put"))
    .description("make or replace a configuration")
    .argument("<file>", "one entry of `configurations` of a muster.json, as JSON")
    .action((file: string, options: PutFlags) =>
      run(options, async (context) => {
        const { putConfiguration } = await import("./commands/config.ts");
        return await putConfiguration(file, putOptions(options), context);
      }),
    );
  changing(config.command("delete"))
    .description("delete a configuration, and cancel who searches by it")
    .argument("<name>")
    .action((name: string, options: ChangeOptions) =>
      run(options, async (context) => {
        const { deleteConfiguration } = await import("./commands/config.ts");
        return await deleteConfiguration(name, { expectedVersion: options.expectedVersion }, context);
      }),
    );
}

function addRulesCommands(program: Command, run: ProgramPorts["run"]): void {
  const rules = program.command("rules").description("rule sets: check, list, show, put, delete");
  withJson(rules.command("check"))
    .description("say whether a rule set is legal, what it costs a search, and what may not be meant")
    .argument("<file>", "a rule set as JSON, in the words of FlexMatch, GPM or PGOS, or a configuration with one in it")
    .action((file: string, options: { readonly json?: boolean }) =>
      run({ matcher: "", fleet: "", json: options.json === true, ownSignals: true }, async (context) => {
        const { checkRules } = await import("./commands/rules.ts");
        return await checkRules(file, context);
      }),
    );
  asking(rules.command("list"))
    .description("all rule sets of the matcher: version, and who plays by them")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { listRuleSets } = await import("./commands/rule-sets.ts");
        return await listRuleSets(context);
      }),
    );
  asking(rules.command("show"))
    .description("one rule set of the matcher")
    .argument("<name>")
    .action((name: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { showRuleSet } = await import("./commands/rule-sets.ts");
        return await showRuleSet(name, context);
      }),
    );
  putting(rules.command("put"))
    .description("make or replace a rule set of the matcher")
    .argument("<name>")
    .argument("<file>", "the rule set as JSON")
    .action((name: string, path: string, options: PutFlags) =>
      run(options, async (context) => {
        const { putRuleSet } = await import("./commands/rule-sets.ts");
        return await putRuleSet({ name, path }, putOptions(options), context);
      }),
    );
  changing(rules.command("delete"))
    .description("delete a rule set that no configuration uses")
    .argument("<name>")
    .action((name: string, options: ChangeOptions) =>
      run(options, async (context) => {
        const { deleteRuleSet } = await import("./commands/rule-sets.ts");
        return await deleteRuleSet(name, { expectedVersion: options.expectedVersion }, context);
      }),
    );
}

function changing(command: Command): Command {
  const version = parsed(wholeNumberFrom(0, Number.MAX_SAFE_INTEGER));
  return asking(command).option("--expected-version <number>", "only if this is the version that is there", version);
}

function putting(command: Command): Command {
  return changing(command).option("--new-tickets", "only for tickets that come from now on");
}

function putOptions({ expectedVersion, newTickets = false }: PutFlags) {
  return { expectedVersion, newTickets };
}
