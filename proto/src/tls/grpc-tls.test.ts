// TLS over real sockets: who is trusted, who is known by their certificate, and certificates that change under open streams.
import { systemClock } from "@muster/kit";
import { makeCertificate } from "@muster/kit/testing";
import { afterEach, expect, test } from "vitest";
import { MockFleetServiceDefinition } from "../messages/mockfleet.ts";
import { createGrpcNetwork, grpcNetwork } from "../rpc/grpc-client.ts";
import { serveGrpc } from "../rpc/grpc-server.ts";
import { implement, type Network } from "../rpc/service.ts";
import { fixedTls, type TlsMaterial, type TlsSource } from "./tls-source.ts";

const nowMs = systemClock.wallMs();
const authority = makeCertificate({ commonName: "Arena authority" }, nowMs);
const stranger = makeCertificate({ commonName: "Another authority" }, nowMs);
const make = (commonName: string, more: object = {}) => {
  return makeCertificate({ commonName, hosts: ["127.0.0.1", "localhost"], by: authority, ...more }, nowMs);
};
const server = make("matcher");
const backend = make("arena-backend");

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const trust = (of = authority): TlsMaterial => ({ authorities: of.certificate });
const show = (identity: typeof server, authorities: Buffer | undefined = undefined): TlsMaterial => ({
  identity,
  authorities,
});

/** A server whose stream tells callers the name in their certificate at first, then one thing for each round. */
async function serve(tls: TlsSource | undefined): Promise<string> {
  const unused = () => Promise.reject(new Error("Not part of this test"));
  const service = implement(MockFleetServiceDefinition, {
    ...{ addFault: unused, listFaults: unused, advanceClock: unused, restartServers: unused, removeFault: unused },
    async *readProcessLog(_request, { certificate = "nobody", signal }) {
      yield { chunk: Buffer.from(certificate) };
      while (!signal.aborted) {
        await new Promise<void>((resolve) => {
          rounds.push(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
        yield { chunk: Buffer.from("round") };
      }
    },
  });
  const listening = opened.use(await serveGrpc({ bind: "127.0.0.1:0", services: [service], drainMs: 20, tls }));
  return listening.address;
}
const rounds: (() => void)[] = [];

/** What the server says, one a call of the function. */
function listen(network: Network, address: string) {
  const client = opened.use(network.connect(address)).client(MockFleetServiceDefinition);
  const request = { processId: "proc_1", follow: true, tailBytes: 0 };
  const heard = client.readProcessLog(request, { deadlineMs: 5_000 })[Symbol.asyncIterator]();
  return {
    next: async () => Buffer.from((await heard.next()).value?.chunk ?? []).toString(),
    leave: async () => void (await heard.return?.()),
  };
}

function networkOf(material: TlsMaterial | undefined): Network {
  return material ? createGrpcNetwork(fixedTls(material)) : grpcNetwork;
}

async function nameSeen(address: string, network: Network): Promise<string> {
  const heard = listen(network, address);
  try {
    return await heard.next();
  } finally {
    await heard.leave();
  }
}

test("a call by TLS arrives, and its caller without a certificate has no name", async () => {
  const address = await serve(fixedTls(show(server, authority.certificate)));
  await expect(nameSeen(address, networkOf(trust()))).resolves.toBe("nobody");
});

test("a caller is known by the certificate that an authority of the server vouches for", async () => {
  const address = await serve(fixedTls(show(server, authority.certificate)));
  await expect(nameSeen(address, networkOf(show(backend, authority.certificate)))).resolves.toBe("arena-backend");
});

const unknown = [
  { name: "another authority", identity: makeCertificate({ commonName: "arena-backend", by: stranger }, nowMs) },
  { name: "themselves", identity: makeCertificate({ commonName: "arena-backend" }, nowMs) },
  {
    name: "an authority whose word has run out",
    identity: make("arena-backend", { validTo: new Date(nowMs - 60_000) }),
  },
];

for (const { name, identity } of unknown) {
  test(`a caller whose certificate is vouched for by ${name} is nobody`, async () => {
    const address = await serve(fixedTls(show(server, authority.certificate)));
    await expect(nameSeen(address, networkOf(show(identity, authority.certificate)))).resolves.toBe("nobody");
  });
}

test("a server that names no authority takes no certificate for a name", async () => {
  const address = await serve(fixedTls(show(server)));
  await expect(nameSeen(address, networkOf(show(backend, authority.certificate)))).resolves.toBe("nobody");
});

const refused = [
  { name: "the server's authority is none of the caller's", tls: show(server), caller: trust(stranger) },
  {
    name: "the server's certificate is for another host",
    tls: show(make("matcher", { hosts: ["10.1.2.3"] })),
    caller: trust(),
  },
  {
    name: "the server's certificate has run out",
    tls: show(make("matcher", { validTo: new Date(nowMs - 60_000) })),
    caller: trust(),
  },
  { name: "the server speaks plain text", tls: undefined, caller: trust() },
  { name: "the caller speaks plain text", tls: show(server), caller: undefined },
];

for (const { name, tls, caller } of refused) {
  test(`a call is not sent where ${name}`, async () => {
    const address = await serve(tls && fixedTls(tls));
    await expect(nameSeen(address, networkOf(caller))).rejects.toMatchObject({ reason: "PEER_UNREACHABLE" });
  });
}

/** A source whose material a test exchanges. */
function changeable(first: TlsMaterial) {
  let present = first;
  const listeners = new Set<(material: TlsMaterial) => void>();
  return {
    get present() {
      return present;
    },
    onChange(listener: (material: TlsMaterial) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    change(next: TlsMaterial) {
      present = next;
      for (const listener of listeners) listener(next);
    },
  };
}

test("a new certificate and authority hold for new connections, and no stream ends", async () => {
  const tls = changeable(show(server, authority.certificate));
  const address = await serve(tls);
  const watching = listen(networkOf(trust()), address);
  await watching.next();
  const next = makeCertificate({ commonName: "matcher", hosts: ["127.0.0.1"], by: stranger }, nowMs);
  tls.change(show(next, stranger.certificate));
  await expect(nameSeen(address, networkOf(trust(stranger)))).resolves.toBe("nobody");
  await expect(nameSeen(address, networkOf(trust(authority)))).rejects.toMatchObject({ reason: "PEER_UNREACHABLE" });
  for (const go of rounds.splice(0)) go();
  await expect(watching.next()).resolves.toBe("round");
  await watching.leave();
});

test("a caller shows its new certificate when it connects anew", async () => {
  const address = await serve(fixedTls(show(server, authority.certificate)));
  const own = changeable(show(backend, authority.certificate));
  const network = createGrpcNetwork(own);
  await expect(nameSeen(address, network)).resolves.toBe("arena-backend");
  own.change(show(make("arena-backend-2"), authority.certificate));
  await expect(nameSeen(address, network)).resolves.toBe("arena-backend-2");
});
