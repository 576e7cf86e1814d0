// The DevTools protocol over a pair of pipes: JSON texts with a zero byte after each. No port, and no library.
import type { Readable, Writable } from "node:stream";
import { z } from "zod";

const messageSchema = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  sessionId: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

export type DevtoolsEvent = {
  readonly method: string;
  readonly sessionId: string | undefined;
  readonly params: unknown;
};

export interface Devtools {
  /** Asks the browser, or the page of a session. @throws {Error} with the browser's words, or if it has gone. */
  ask(method: string, params: object, sessionId?: string): Promise<unknown>;
  onEvent(listener: (event: DevtoolsEvent) => void): void;
  /** Every question that waits is refused, with the reason. */
  end(why: string): void;
}

export function openDevtools(pipes: { readonly questions: Writable; readonly answers: Readable }): Devtools {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners: ((event: DevtoolsEvent) => void)[] = [];
  let asked = 0;
  let rest = "";
  let over: string | undefined;

  const take = (text: string) => {
    const { id, method, sessionId, params, result, error } = messageSchema.parse(JSON.parse(text));
    if (method !== undefined) for (const listener of listeners) listener({ method, sessionId, params });
    if (id === undefined) return;
    const question = waiting.get(id);
    waiting.delete(id);
    if (error) question?.reject(new Error(`The browser refuses: ${error.message}`));
    else question?.resolve(result);
  };
  const end = (why: string) => {
    over ??= why;
    for (const question of waiting.values()) question.reject(new Error(why));
    waiting.clear();
  };
  pipes.answers.setEncoding("utf8").on("data", (chunk: string) => {
    const texts = (rest + chunk).split("\0");
    rest = texts.pop() ?? "";
    for (const text of texts) take(text);
  });
  pipes.answers.on("close", () => end("The browser has gone"));
  pipes.questions.on("error", (error) => end(`The browser has gone: ${error.message}`));

  return {
    async ask(method, params, sessionId) {
      if (over !== undefined) throw new Error(over);
      asked += 1;
      const question = Promise.withResolvers<unknown>();
      waiting.set(asked, question);
      pipes.questions.write(`${JSON.stringify({ id: asked, method, params, sessionId })}\0`);
      return await question.promise;
    },
    onEvent: (listener) => void listeners.push(listener),
    end,
  };
}
