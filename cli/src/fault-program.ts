// The command line of `muster fleet fault COMMAND`: what goes wrong in a mock fleet that runs.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import { FAULT_KINDS, type FaultKindWord, parseDirection, parseFaultKind, parseJump } from "./arguments/fault.ts";
import { numberFrom, wholeNumberFrom } from "./arguments/numbers.ts";
import type { AddFaultOptions } from "./commands/fault.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `fault` to the commands of `fleet`. */
export function addFaultCommands(fleet: Command, run: ProgramPorts["run"]): void {
  const fault = fleet.command("fault").description("what goes wrong in a mock fleet: add, list, remove");
  const ms = parsed(parseDuration);
  asking(fault.command("add"))
    .description(
      "let something go wrong until the fleet starts anew, at once or later; docs/guides/test-locally.md says what each kind does",
    )
    .argument("<kind>", `one of ${FAULT_KINDS.join(", ")}`, parsed(parseFaultKind))
    .option("--of <fleet>", "only processes of this fleet")
    .option("--region <region>", "only processes in this region")
    .option("--process <id>", "only the process whose id begins so")
    .option("--ratio <share>", "share of opportunities at which it strikes, 0 to 1", parsed(numberFrom(0, 1)))
    .option("--per-hour <number>", "strike each process so often, not once", parsed(numberFrom(0.001, 3_600_000)))
    .option("--after <time>", "strike nobody before so long from now, such as 30s", ms)
    .option("--within <time>", "nor later than so long after that", ms)
    .option("--strikes <number>", "at most so often", parsed(wholeNumberFrom(1, 1_000_000)))
    .option("--for <time>", "how long one strike lasts; default: for good", ms)
    .option("--delay <time>", "of messages, or of a crash after activation", ms)
    .option("--jump <time>", "of the clock, such as 1h or -1h", parsed(parseJump))
    .option("--notice <time>", "until a process is gone that was given notice; default: 2m", ms)
    .option("--direction <way>", "of a silence: BOTH, TO_FLEET or TO_HOST", parsed(parseDirection))
    .option("--seed <number>", "repeats the victims", parsed(wholeNumberFrom(0, 4_294_967_295)))
    .action((kind: FaultKindWord, options: AddressOptions & FaultFlags) =>
      run(options, async (context) => {
        const { addFault } = await import("./commands/fault.ts");
        const { of, ...rest } = options;
        return await addFault({ ...rest, kind, ...{ fleet: of ?? "" } }, context);
      }),
    );
  asking(fault.command("list"))
    .description("what may go wrong, and how often it has")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { listFaults } = await import("./commands/fault.ts");
        return await listFaults(context);
      }),
    );
  asking(fault.command("remove"))
    .description("let it strike nobody any more; whom it has struck stays struck")
    .argument("<id>")
    .action((id: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { removeFault } = await import("./commands/fault.ts");
        return await removeFault(id, context);
      }),
    );
}

type FaultFlags = Omit<AddFaultOptions, "kind" | "fleet"> & { readonly of?: string };
