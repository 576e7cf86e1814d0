// A caller over node:http with nothing of ours in between: both sides of a comparison are called with it.
import { Agent, request } from "node:http";

export interface JsonCaller extends Disposable {
  /** Resolves with the answer's text. Rejects unless its status is one of `statuses`, or 200. */
  post(path: string, body: string, statuses?: readonly number[]): Promise<string>;
}

/** Keeps at most `sockets` connections to "host:port". */
export function openCaller(address: string, sockets: number): JsonCaller {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return {
    post: (path, body, statuses = [200]) =>
      new Promise<string>((resolve, reject) => {
        const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
        const sent = request(`http://${address}${path}`, { agent, method: "POST", headers }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.once("error", reject);
          response.once("end", () => {
            if (statuses.includes(response.statusCode ?? 0)) resolve(text);
            else reject(new Error(`Cannot go on as ${path} answers ${response.statusCode}: ${text.slice(0, 200)}`));
          });
        });
        sent.once("error", reject);
        sent.end(body);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
