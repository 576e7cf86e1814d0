// A stream of requests in which each has an answer of its own: requests are taken as they come, so that those that come together
// share a write, and answers leave when they are ready, whoever came first.
import { createChannel } from "@muster/kit";
import { toMusterError } from "@muster/proto";

/** Requests of one stream that wait for their answer; more are not read before. */
const UNANSWERED_MAX = 4_096;

/**
 * Answers of `answer`, called with each request and its place from 0 in their order, in the order in which they are ready. Ends with
 * the requests, when all are answered. `join` makes fewer of answers that are ready together; without it each leaves by itself.
 *
 * @throws {MusterError} what `answer` or `requests` threw first; whoever has no answer then gets none.
 */
export async function* answerEach<Request, Response>(
  requests: AsyncIterable<Request>,
  answer: (request: Request, place: number) => Promise<Response>,
  join?: (ready: readonly Response[]) => readonly Response[],
): AsyncGenerator<Response> {
  const answers = createChannel<Response>();
  const fail = (error: unknown) => answers.close(toMusterError(error));
  let unanswered = 0;
  let wake: () => void = () => undefined;
  const take = async (request: Request, place: number) => {
    try {
      answers.push(await answer(request, place));
    } catch (error) {
      fail(error);
    }
    unanswered -= 1;
    wake();
  };
  const fewerThan = async (count: number) => {
    while (unanswered >= count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const read = async () => {
    let place = 0;
    for await (const request of requests) {
      unanswered += 1;
      void take(request, place);
      place += 1;
      if (unanswered >= UNANSWERED_MAX) await fewerThan(UNANSWERED_MAX);
      if (answers.closed) return;
    }
    await fewerThan(1);
  };
  read().then(() => answers.close(), fail);
  if (!join) return yield* answers;
  const reading = answers[Symbol.asyncIterator]();
  for (let next = await reading.next(); !next.done; next = await reading.next()) {
    const ready = [next.value];
    while (answers.size > 0) {
      const more = await reading.next();
      if (!more.done) ready.push(more.value);
    }
    yield* join(ready);
  }
}
