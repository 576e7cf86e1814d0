// A fleet in the hands of a test: it keeps what sidecars send and answers as it is told. Used by the sidecar's own tests.
import { type Channel, createChannel } from "@muster/kit";
import { MusterError } from "@muster/proto";
import {
  type AttachRequest,
  type AttachResponse,
  type CommandResult,
  type FillAnswer,
  type Hello,
  type HostCommand,
  HostServiceDefinition,
  type Welcome,
} from "@muster/proto/fleet";
import { type Implementation, implement } from "@muster/proto/rpc";

export type ScriptedFleet = {
  readonly services: readonly Implementation[];
  /** Every Hello, oldest first. */
  readonly hellos: Hello[];
  /** Every command, in order of arrival, repeats included. */
  readonly commands: HostCommand[];
  /** Heartbeats of sidecars so far. */
  readonly heartbeats: number;
  readonly acknowledged: { battleSessionId: string; revision: number }[];
  /** The game's words on newcomers. */
  readonly answers: FillAnswer[];
  /** Sends to the sidecar that is attached. */
  send(message: NonNullable<AttachResponse["message"]>): void;
  /** Ends the attachment as a fleet that dies does. */
  hangUp(): void;
};

export type Script = {
  /** Hellos are answered once this is over. Default: at once. */
  readonly welcomeAfter?: Promise<void>;
  readonly welcome?: Partial<Welcome>;
  /** The answer to a command; undefined: none yet. Default: done. */
  readonly answer?: (command: HostCommand) => Partial<CommandResult> | undefined;
  /** Refuses attachments. */
  readonly refuse?: () => MusterError | undefined;
};

export const WELCOME: Welcome = {
  fleetVersion: "test",
  region: "local",
  address: { host: "127.0.0.1", ports: { game: 7500 } },
  heartbeatIntervalMs: 1_000,
  healthIntervalMs: 0,
  healthTimeoutMs: 2_500,
  healthMissesMax: 3,
  hostLostAfterMs: 120_000,
  endedSessionIds: [],
  followingSessionIds: [],
};

export function createScriptedFleet(script: Script = {}): ScriptedFleet {
  const hellos: Hello[] = [];
  const commands: HostCommand[] = [];
  const acknowledged: { battleSessionId: string; revision: number }[] = [];
  const answers: FillAnswer[] = [];
  let heartbeats = 0;
  let current: Channel<AttachResponse> | undefined;

  const answerTo = (command: HostCommand, responses: Channel<AttachResponse>) => {
    commands.push(command);
    const answer = script.answer ? script.answer(command) : {};
    if (answer) responses.push({ message: { $case: "result", value: resultOf(command.commandId, answer) } });
  };
  const take = ({ message }: AttachRequest, responses: Channel<AttachResponse>) => {
    if (message?.$case === "hello") {
      hellos.push(message.value);
      const { carriedOut } = message.value;
      const answer = () => {
        responses.push({ message: { $case: "welcome", value: { ...WELCOME, ...script.welcome } } });
        for (const command of carriedOut) answerTo(command, responses);
      };
      if (script.welcomeAfter) void script.welcomeAfter.then(answer);
      else answer();
    } else if (message?.$case === "command") {
      answerTo(message.value, responses);
    } else if (message?.$case === "acknowledge") {
      acknowledged.push(message.value);
    } else if (message?.$case === "fillAnswer") {
      answers.push(message.value);
    } else {
      heartbeats += 1;
      responses.push({ message: { $case: "heartbeat", value: {} } });
    }
  };

  const host = implement(HostServiceDefinition, {
    async *attach(requests) {
      const refusal = script.refuse?.();
      if (refusal) throw refusal;
      const responses = createChannel<AttachResponse>();
      current = responses;
      const reading = async () => {
        for await (const request of requests) take(request, responses);
      };
      reading().then(() => responses.close(), responses.close);
      yield* responses;
    },
  });

  return {
    services: [host],
    hellos,
    commands,
    acknowledged,
    answers,
    get heartbeats() {
      return heartbeats;
    },
    send: (message) => void current?.push({ message }),
    hangUp: () => current?.close(new MusterError("PEER_UNREACHABLE", "Cannot go on as the fleet hung up")),
  };
}

function resultOf(commandId: string, answer: Partial<CommandResult>): CommandResult {
  return { error: undefined, acceptedSeat: undefined, seatExpiresAt: undefined, ...answer, commandId };
}
