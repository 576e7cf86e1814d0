// Options that commands share: where the services listen, machine-readable output, and how a parser of ours is told to commander.
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseServiceAddress } from "./address.ts";
import { readKeyFile } from "./key-file.ts";
import { UsageError } from "./usage-error.ts";

export type AddressOptions = { readonly matcher: string; readonly fleet: string; readonly json?: boolean };

export type RunOptions = AddressOptions & { readonly ownSignals?: boolean };

/** A command that asks services. How they are reached comes last in its help: what it does itself is read first. */
export function asking(command: Command): Command {
  const address = (flag: string, what: string, variable: string, fallback: string) =>
    new Option(`--${flag} <address>`, what).env(variable).default(fallback).argParser(parsed(parseServiceAddress));
  const reaching = [
    address("matcher", "where the matcher listens", "MUSTER_MATCHER", "127.0.0.1:7410"),
    address("fleet", "where the fleet listens", "MUSTER_FLEET_ADDRESS", "127.0.0.1:7420"),
    keyFile(),
    project(),
    file("ca", "authorities whose certificates count, or system: call by TLS", "MUSTER_TLS_CA"),
    file("cert", "the certificate to show", "MUSTER_TLS_CERT"),
    file("cert-key", "its private key", "MUSTER_TLS_KEY"),
  ];
  // Groups stand in the order of their first options.
  withJson(command);
  for (const option of reaching) command.addOption(option.helpGroup(REACHING));
  return command;
}

const REACHING = "Which services, and with which rights:";

/** Not the key itself: whoever lists the processes of a machine reads their arguments. */
function keyFile(): Option {
  return new Option(
    "--key-file <file>",
    "file with the key that calls carry (default: what MUSTER_KEY holds)",
  ).argParser(
    parsed((path) => {
      process.env.MUSTER_KEY = readKeyFile(path);
      return path;
    }),
  );
}

function project(): Option {
  const what =
    "the project that calls speak for, where the key allows more than one (default: what MUSTER_PROJECT names)";
  return new Option("--project <name>", what).argParser((name: string) => {
    process.env.MUSTER_PROJECT = name;
    return name;
  });
}

/** What the variable says, said for this one command. */
function file(flag: string, what: string, variable: string): Option {
  return new Option(`--${flag} <file>`, `${what} (default: what ${variable} names)`).argParser((path: string) => {
    process.env[variable] = path;
    return path;
  });
}

export function withJson(command: Command): Command {
  return command.option("--json", "machine-readable output");
}

/** `parse` for commander, which shows the messages of its own errors only. */
export function parsed<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof UsageError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}
