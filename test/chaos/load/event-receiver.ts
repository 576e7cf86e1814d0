// A backend that events are pushed to, and not the best of its kind: most requests it takes, some it refuses, some it takes without
// saying so, and some it leaves waiting. Everything that comes is noted in the history.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Random, systemClock } from "@muster/kit";
import type { TicketView } from "../history/entry.ts";
import type { Notebook } from "../history/history.ts";
import { between, chance } from "./dice.ts";
import { viewOf } from "./ticket-view.ts";

export interface EventReceiver extends AsyncDisposable {
  /** Targets of muster.json, one for each way to be sent events. */
  readonly targets: readonly object[];
}

/** Listens on a free port until it is disposed. `random` says what becomes of requests. */
export async function openEventReceiver(history: Notebook, random: Random): Promise<EventReceiver> {
  const closing = new AbortController();
  let requests = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests += 1;
      const came = { target: request.url?.slice(1) ?? "", request: requests, body: Buffer.concat(chunks).toString() };
      void answer(response, came, { history, random, closing });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const targetOf = (name: string, eventsPerRequest: number) => {
    return { name, url: `http://127.0.0.1:${port}/${name}`, secret: SECRET, eventsPerRequest };
  };
  return {
    targets: [targetOf("one", 1), targetOf("many", 20)],
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** It verifies nothing: what is signed is looked at elsewhere. */
const SECRET = "whsec_Y2hhb3MgaXMgbm90IGEgcGl0LCBpdCBpcyBhIGxhZGRlcg==";
const SLOW_MS = 300;

type Request = { readonly target: string; readonly request: number; readonly body: string };
type Parts = { readonly history: Notebook; readonly random: Random; readonly closing: AbortController };

async function answer(response: ServerResponse, { body, ...came }: Request, parts: Parts): Promise<void> {
  const { history, random, closing } = parts;
  const isSlow = chance(random, 0.1);
  const isTaken = chance(random, 0.95);
  const isSaid = chance(random, 0.97);
  if (isSlow) await systemClock.sleep(between(random, 0, SLOW_MS), closing.signal).catch(() => undefined); // Closed: the end.
  for (const event of readEvents(body)) history.add({ type: "pushed", ...came, isTaken, ...event });
  if (!isSaid) return void response.destroy();
  response.writeHead(isTaken ? 204 : 503).end();
}

type Pushed = {
  readonly subject: string;
  readonly number: number;
  readonly digest: string;
  readonly ticket: TicketView | undefined;
};

function readEvents(body: string): readonly Pushed[] {
  const document = JSON.parse(body);
  return (document.events ?? [document]).map((event: PushedDocument) => {
    const { id, number, configuration = "", data } = event;
    const isChange = data.ticket !== undefined && event.type !== "TICKET_SESSION_ENDED";
    return {
      subject: id.slice(0, id.lastIndexOf(".")),
      number,
      digest: createHash("sha256").update(JSON.stringify(event)).digest("base64url").slice(0, 16),
      ticket: isChange && data.ticket ? viewOf({ ...data.ticket, configuration }) : undefined,
    };
  });
}

type PushedDocument = {
  readonly id: string;
  readonly type: string;
  readonly number: number;
  readonly configuration?: string;
  readonly data: { readonly ticket?: Omit<Parameters<typeof viewOf>[0], "configuration"> };
};
