import { expect, test } from "vitest";
import { latenciesOf, measureWith, type Probe } from "./measure-latencies.ts";

/** Answers what it is given, one after the other; the first is the one that is thrown away. */
function scripted(trips: readonly (number | undefined | Error)[], closed: string[] = []) {
  return (target: string): Promise<Probe> => {
    let asked = 0;
    return Promise.resolve({
      ask() {
        const trip = trips[asked];
        asked += 1;
        return trip instanceof Error ? Promise.reject(trip) : Promise.resolve(trip);
      },
      close: () => void closed.push(target),
    });
  };
}

const cases: readonly {
  readonly name: string;
  readonly trips: readonly (number | undefined | Error)[];
  readonly told: object;
}[] = [
  {
    name: "the middle round trip, rounded up, without the first",
    trips: [500, 30.2, 10, 20, 40, 50],
    told: { latencyMs: 31, bestMs: 10, lost: 0, sent: 5 },
  },
  { name: "the lower of two in the middle", trips: [9, 10, undefined, 20, 30, 40], told: { latencyMs: 20, lost: 1 } },
  { name: "jitter as the mean step", trips: [9, 10, 14, 10, 12, 12], told: { jitterMs: 2.5 } },
  {
    name: "no more than a ticket takes",
    trips: [1, 70_000, 70_000, 70_000, 70_000, 70_000],
    told: { latencyMs: 60_000 },
  },
  { name: "nothing where no answer came", trips: [], told: { latencyMs: undefined, lost: 5, sent: 5, via: "udp" } },
  { name: "nothing where nobody can be asked", trips: [new Error("refused")], told: { latencyMs: undefined, lost: 5 } },
  { name: "what came before it broke", trips: [1, 12, new Error("gone")], told: { latencyMs: 12, lost: 4 } },
];

for (const { name, trips, told } of cases) {
  test(`measureWith() tells ${name}`, async () => {
    const closed: string[] = [];
    const regions = [{ name: "eu", udpAddress: "eu:1" }];
    const [measured] = await measureWith({ udp: scripted(trips, closed) }, regions);
    expect(measured).toMatchObject({ region: "eu", ...told });
    expect(closed).toEqual(["eu:1"]);
  });
}

test("measureWith() goes by UDP where both sides can, else by HTTP, else by nothing", async () => {
  const both = { name: "both", udpAddress: "a:1", httpUrl: "http://a/" };
  const web = { name: "web", udpAddress: "", httpUrl: "http://b/" };
  const probes = { udp: scripted([1, 1, 1, 1, 1, 1]), http: scripted([2, 2, 2, 2, 2, 2]) };
  const regions = [both, web, { name: "none" }];
  const ways = async (...args: Parameters<typeof measureWith>) => (await measureWith(...args)).map(({ via }) => via);
  expect(await ways(probes, regions)).toEqual(["udp", "http", undefined]);
  expect(await ways({ http: probes.http }, regions)).toEqual(["http", "http", undefined]);
  expect(await ways(probes, regions, { via: "http" })).toEqual(["http", "http", undefined]);
  expect(latenciesOf(await measureWith(probes, regions))).toEqual({ both: 1, web: 2 });
});

test("measureWith() says that its caller gave up, and refuses options out of range", async () => {
  const gaveUp = new Error("enough");
  const measuring = measureWith({ udp: scripted([]) }, [{ name: "eu", udpAddress: "a:1" }], {
    signal: AbortSignal.abort(gaveUp),
  });
  await expect(measuring).rejects.toBe(gaveUp);
  await expect(measureWith({}, [], { attempts: 0 })).rejects.toThrow(RangeError);
  await expect(measureWith({}, [], { timeoutMs: 60_001 })).rejects.toThrow(RangeError);
});
