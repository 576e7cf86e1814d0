// Batches of tickets whose bytes are made before the clock starts, sent so that some are always under way, and answers that nobody decodes
// but for a look at their size: what is measured is the matcher.
import { credentials, Client as GrpcClient, Metadata } from "@grpc/grpc-js";
import {
  MatchmakingServiceDefinition,
  noProperties,
  StartMatchingBatchRequest,
  type StartMatchingRequest,
} from "@muster/proto/matchmaking";
import { methodPath } from "@muster/proto/rpc";

export const TICKETS_PER_BATCH = 100;
/** Enough that the matcher never waits for us, and few enough that none waits long. */
const IN_FLIGHT = 16;
/** Of one ticket on the wire, at most: the figure is for small ones. */
const TICKET_BYTES_MAX = 200;

/** The bytes of batches of the tickets, which are to be a multiple of a hundred. */
export function encodeBatches(tickets: readonly StartMatchingRequest[]): readonly Buffer[] {
  return Array.from({ length: tickets.length / TICKETS_PER_BATCH }, (_, batch) => {
    const some = tickets.slice(batch * TICKETS_PER_BATCH, (batch + 1) * TICKETS_PER_BATCH);
    const bytes = Buffer.from(StartMatchingBatchRequest.encode({ tickets: some, brief: true }).finish());
    if (bytes.length > TICKETS_PER_BATCH * TICKET_BYTES_MAX)
      throw new Error(`Tickets are too large: ${bytes.length} B`);
    return bytes;
  });
}

/** A ticket of one player with one number, some 100 bytes on the wire. */
export function smallTicket(configuration: string, name: string, skill: number): StartMatchingRequest {
  const player = { playerId: `player-${name}`, attributes: { skill }, latenciesMs: {}, team: "" };
  return { ...noProperties, configuration, ticketId: `ticket-${name}`, players: [player] };
}

export interface BatchSender extends Disposable {
  /** Sends them all; resolves with the ms until the last was answered. Rejects if a ticket of any was refused. */
  send(batches: readonly Buffer[]): Promise<number>;
}

export function connectBatchSender(address: string): BatchSender {
  const grpc = new GrpcClient(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  const path = methodPath(MatchmakingServiceDefinition, MatchmakingServiceDefinition.methods.startMatchingBatch);
  const asIs = (bytes: Buffer) => bytes;
  const sendOne = (batch: Buffer) =>
    new Promise<void>((resolve, reject) => {
      grpc.makeUnaryRequest(path, asIs, asIs, batch, new Metadata(), {}, (error, answer) => {
        // Brief answers hold ids alone; a refusal has a reason and a sentence.
        if (error) reject(error);
        else if ((answer?.length ?? 0) > batch.length) reject(new Error(`Refused: ${answer?.toString("latin1")}`));
        else resolve();
      });
    });
  return {
    async send(batches) {
      let next = 0;
      const work = async () => {
        while (next < batches.length) {
          const batch = batches[next] as Buffer;
          next += 1;
          await sendOne(batch);
        }
      };
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: IN_FLIGHT }, work));
      return performance.now() - startedMs;
    },
    [Symbol.dispose]: () => grpc.close(),
  };
}
