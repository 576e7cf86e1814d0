// Ports: whether one is free, and a free one where nobody cares which.
import { createServer } from "node:net";
import { systemRandom } from "@muster/kit";

/** Ports that systems do not give out by themselves, to callers and to those who ask for any: nobody gets one by chance meanwhile. */
const FIRST_PORT = 15_000;
const PORTS = 15_000;
const TRIES_MAX = 50;

/** A port that nobody listens on now. Another program may take it before it is used; starts tell if so. */
export async function findFreePort(host = "127.0.0.1"): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = FIRST_PORT + Math.floor(systemRandom.fraction() * PORTS);
    if (await isPortFree(host, port)) return port;
  }
  const listening = await listen(host, 0);
  await listening.close();
  return listening.port;
}

/** Whether `host:port` can be listened on. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  try {
    const listening = await listen(host, port);
    await listening.close();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  }
}

function listen(host: string, port: number): Promise<{ port: number; close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === "object" && address ? address.port : port;
      resolve({ port: chosen, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
