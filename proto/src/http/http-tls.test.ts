// JSON over HTTP by TLS, over real sockets: who is known by their certificate, and a certificate that is exchanged meanwhile.
import { request } from "node:https";
import { systemClock } from "@muster/kit";
import { makeCertificate } from "@muster/kit/testing";
import { expect, test } from "vitest";
import { MockFleetServiceDefinition } from "../messages/mockfleet.ts";
import { MusterError } from "../muster-error.ts";
import { implement } from "../rpc/service.ts";
import type { TlsMaterial } from "../tls/tls-source.ts";
import { serveHttp } from "./http-server.ts";

const nowMs = systemClock.wallMs();
const authority = makeCertificate({ commonName: "Arena authority" }, nowMs);
const make = (commonName: string) => {
  return makeCertificate({ commonName, hosts: ["127.0.0.1"], by: authority }, nowMs);
};

type Answer = { readonly text: string; readonly shown: string };

/** Asks for the faults of the server, which refuses it in words that name its caller. */
function ask(address: string, identity?: ReturnType<typeof make>): Promise<Answer> {
  const tls = { ca: authority.certificate, ...(identity && { cert: identity.certificate, key: identity.privateKey }) };
  return new Promise((resolve, reject) => {
    const url = `https://${address}/muster.mockfleet.v1.MockFleetService/ListFaults`;
    const call = request(url, { ...tls, method: "POST", agent: false }, (response) => {
      const { socket } = response;
      const shown = "getPeerCertificate" in socket ? String(Object(socket).getPeerCertificate().subject.CN) : "";
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ text, shown }));
    });
    call.on("error", reject).end();
  });
}

test("a caller over HTTPS is known by its certificate, and sees a new one of the server's when it comes again", async () => {
  let present: TlsMaterial = { identity: make("matcher-1"), authorities: authority.certificate };
  let tell: (material: TlsMaterial) => void = () => undefined;
  const unused = () => Promise.reject(new Error("Not part of this test"));
  const service = implement(MockFleetServiceDefinition, {
    ...{ addFault: unused, advanceClock: unused, restartServers: unused, removeFault: unused },
    listFaults: async (_request, { certificate = "nobody" }) => {
      throw new MusterError(
        "FAULT_NOT_FOUND",
        `Cannot tell ${JSON.stringify(certificate)} of faults as there are none`,
      );
    },
    // biome-ignore lint/correctness/useYield: it is never called.
    async *readProcessLog() {
      throw new Error("Not part of this test");
    },
  });
  await using server = await serveHttp({
    ...{ bind: "127.0.0.1:0", services: [service], drainMs: 20 },
    tls: {
      get present() {
        return present;
      },
      onChange(listener) {
        tell = listener;
        return () => undefined;
      },
    },
  });
  const first = await ask(server.address, make("arena-backend"));
  expect(first).toMatchObject({ text: expect.stringContaining("arena-backend"), shown: "matcher-1" });
  expect((await ask(server.address)).text).toContain("nobody");
  present = { identity: make("matcher-2"), authorities: authority.certificate };
  tell(present);
  expect((await ask(server.address)).shown).toBe("matcher-2");
});
