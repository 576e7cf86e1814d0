// A door in front of a service, as a virtual address or a load balancer is: whoever calls keeps its address while the
// process behind it is replaced. It can also be bad: stall, drop what is open, refuse.
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Front extends AsyncDisposable {
  /** "127.0.0.1:port", the same for the front's life. */
  readonly address: string;
  readonly port: number;
  /** From now on new connections go to this port. Open ones stay where they are. */
  pointAt(port: number): void;
  /** Ends every open connection, as a network that forgets them. */
  drop(): void;
  /** Lets nothing through, in either direction, until `flow`. New connections are taken, and wait too. */
  stall(): void;
  flow(): void;
}

type Pair = { readonly outer: Socket; readonly inner: Socket };

/** Listens on a free port, and leads nowhere until `pointAt`. */
export async function openFront(): Promise<Front> {
  const pairs = new Set<Pair>();
  let target = 0;
  let stalled = false;

  const hold = ({ outer, inner }: Pair) => {
    outer.pause();
    inner.pause();
  };
  const release = ({ outer, inner }: Pair) => {
    outer.resume();
    inner.resume();
  };
  const lead = (outer: Socket) => {
    const inner = connect({ host: "127.0.0.1", port: target });
    const pair: Pair = { outer, inner };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      // A reset, as from a host that has no such port: half-open connections would hide that the service is gone.
      outer.resetAndDestroy();
      inner.destroy();
    };
    for (const [from, to] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      from.setNoDelay(true);
      from.on("error", end).on("close", end);
      // By hand rather than by pipe(), which would let a stalled socket flow again when the other one drains.
      from.on("data", (bytes) => {
        if (to.destroyed || to.write(bytes)) return;
        from.pause();
        to.once("drain", () => {
          if (!stalled) from.resume();
        });
      });
    }
    if (stalled) hold(pair);
  };

  const server = createServer(lead);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const drop = () => {
    for (const { outer } of [...pairs]) outer.destroy();
  };
  return {
    address: `127.0.0.1:${port}`,
    port,
    pointAt(next) {
      target = next;
    },
    drop,
    stall() {
      stalled = true;
      pairs.forEach(hold);
    },
    flow() {
      stalled = false;
      pairs.forEach(release);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      drop();
      await closed;
    },
  };
}
