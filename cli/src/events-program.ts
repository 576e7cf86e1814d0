// The command line of `muster events COMMAND`: what backends are told, and the targets that it is pushed to.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import { parseTime, parseWords } from "./arguments/events.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import type { PutTargetOptions, ReplayOptions } from "./commands/events.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `events` to the commands. */
export function addEventsCommands(program: Command, run: ProgramPorts["run"]): void {
  const events = program.command("events").description("what backends are told: targets, deliveries, replay, watch");
  const words = parsed(parseWords);
  asking(events.command("put"))
    .description("make a target, or change the one of the name; docs/guides/events.md says what each option means")
    .argument("<name>")
    .option("--url <url>", "where its events are pushed to; without: nowhere, they are there for `watch`")
    .option("--configurations <names>", "whose events, with commas; default: everybody's", words)
    .option("--types <types>", "which, such as TICKET_COMPLETED,TICKET_FAILED; default: all", words)
    .option("--events-per-request <number>", "that may go in one request", parsed(wholeNumberFrom(1, 1_000)))
    .option("--concurrency <number>", "requests that may be under way at once", parsed(wholeNumberFrom(1, 64)))
    .option("--behind-max <time>", "how old its oldest event may become before it is disabled", parsed(parseDuration))
    .option("--pending-max <number>", "MiB that may wait for it before that", parsed(wholeNumberFrom(1, 65_536)))
    .option("--match-tokens", "each event lists the shared secrets of its time")
    .option("--secret-file <file>", "file with the secret to sign with; default: the matcher draws one and it is shown")
    .action((name: string, options: AddressOptions & Omit<PutTargetOptions, "name">) =>
      run(options, async (context) => {
        const { putTarget } = await import("./commands/events.ts");
        return await putTarget({ ...options, name }, context);
      }),
    );
  asking(events.command("targets"))
    .description("every target, and how far behind it is")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { listTargets } = await import("./commands/events.ts");
        return await listTargets(context);
      }),
    );
  asking(events.command("delete"))
    .description("end a target")
    .argument("<name>", "of the target")
    .action((name: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { deleteTarget } = await import("./commands/events.ts");
        return await deleteTarget(name, context);
      }),
    );
  asking(events.command("rotate"))
    .description("draw a new secret; the former signs too for a while")
    .argument("<name>", "of the target")
    .option("--overlap <time>", "for so long, such as 1h; default: a day", parsed(parseDuration))
    .option("--secret-file <file>", "file with the new secret")
    .action((name: string, options: AddressOptions & { readonly overlap?: number; readonly secretFile?: string }) =>
      run(options, async (context) => {
        const { rotateSecret } = await import("./commands/events.ts");
        return await rotateSecret({ ...options, name }, context);
      }),
    );
  asking(events.command("log"))
    .description("what was sent to a target lately and how it answered, newest first")
    .argument("<name>", "of the target")
    .option("--limit <number>", "so many at most", parsed(wholeNumberFrom(1, 1_000)), 20)
    .action((name: string, options: AddressOptions & { readonly limit: number }) =>
      run(options, async (context) => {
        const { listDeliveries } = await import("./commands/events.ts");
        return await listDeliveries({ name, limit: options.limit }, context);
      }),
    );
  asking(events.command("list"))
    .description("the events of a target that are still kept, oldest first")
    .argument("<name>", "of the target")
    .action((name: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { watchEvents } = await import("./commands/events.ts");
        return await watchEvents({ name, untilNow: true }, context);
      }),
    );
  asking(events.command("watch"))
    .description("the events of a target as they come, until Ctrl-C")
    .argument("<name>", "of the target")
    .action((name: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { watchEvents } = await import("./commands/events.ts");
        return await watchEvents({ name, untilNow: false }, context);
      }),
    );
  const time = parsed(parseTime);
  asking(events.command("replay"))
    .description("push events that are still kept to a target again")
    .argument("<name>", "of the target")
    .option("--from <time>", "those of this time and later, such as 2027-01-02T08:00Z, or 2h for two hours ago", time)
    .option("--until <time>", "those of before this time", time)
    .action((name: string, options: AddressOptions & Omit<ReplayOptions, "name">) =>
      run(options, async (context) => {
        const { replayEvents } = await import("./commands/events.ts");
        return await replayEvents({ ...options, name }, context);
      }),
    );
}
