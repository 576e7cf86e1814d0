// The floor of event push: the same body posted by bare node:http, so many at once, over kept connections.
import { Agent, request } from "node:http";

/** Requests a second. */
export async function measureBarePosts(
  url: string,
  { body, posts, concurrency }: { readonly body: string; readonly posts: number; readonly concurrency: number },
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let left = posts;
  const post = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request(
        url,
        { agent, method: "POST", headers: { "content-type": "application/json" } },
        (answer) => {
          answer.resume();
          answer.once("end", resolve);
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
  const startedMs = performance.now();
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await post();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  agent.destroy();
  return posts / ((performance.now() - startedMs) / 1_000);
}
