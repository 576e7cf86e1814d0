// The population document: who comes, when and how often, as one JSON file that a simulation draws its tickets from.
// docs/populations.md explains it; the JSON Schema for editors comes from here.
import { limits } from "@muster/proto";
import { parseSection } from "@muster/service";
import { z } from "zod";
import { attributeDrawSchema, attributeName } from "./attribute-draw.ts";
import { ratio } from "./number-draw.ts";
import { weight } from "./weights.ts";

/** What one run may draw: a slip of the finger in a rate should not fill the memory. */
const TICKETS_MAX = 2_000_000;
/** A week. */
const SECONDS_MAX = 604_800;

const name = z.string().min(1).max(limits.ATTRIBUTE_NAME_CHARS_MAX);
const regionName = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "1 to 128 of A-Z a-z 0-9 _ . : -");

const rate = z.strictObject({
  fromSecond: z.number().min(0).max(SECONDS_MAX).describe("From here on, until the next one of the list."),
  ticketsPerSecond: z.number().min(0).max(100_000).describe("On average; when each comes is chance."),
});

const partySizes = z
  .record(
    z.string().regex(/^(?:[1-9][0-9]?|100)$/, `a whole number from 1 to ${limits.PLAYERS_PER_TICKET_MAX}`),
    weight,
  )
  .refine((sizes) => Object.keys(sizes).length > 0, "at least one size")
  .describe("Players who come together, and how often so many do relative to the others.");

const latency = z.strictObject({
  baseMs: z.number().min(0).max(limits.LATENCY_MS_MAX).describe("With the best line."),
  spreadMs: z
    .number()
    .min(0)
    .max(limits.LATENCY_MS_MAX)
    .default(0)
    .describe("What the line adds on average: most add less, a few several times as much, and to all regions alike."),
});

const home = z.strictObject({
  name: name.describe("For people: it does not reach the tickets."),
  weight,
  latencies: z
    .record(regionName, latency)
    .refine((regions) => Object.keys(regions).length <= limits.LATENCIES_PER_PLAYER_MAX, {
      error: `at most ${limits.LATENCIES_PER_PLAYER_MAX} regions`,
    })
    .describe("By region that has servers. A region that is not named was not measured."),
});

export const populationSchema = z
  .strictObject({
    $schema: z.string().optional(),
    description: z.string().optional().describe("For people."),
    seed: z.int().min(0).max(4_294_967_295).default(1).describe("The same seed draws the same players."),
    durationSeconds: z.number().gt(0).max(SECONDS_MAX).describe("How long players come."),
    arrivals: z
      .array(rate)
      .min(1)
      .max(1_000)
      .refine(
        (rates) => rates.every(({ fromSecond }, index) => fromSecond > (rates[index - 1]?.fromSecond ?? -1)),
        "a list with rising `fromSecond`",
      ),
    partySizes: partySizes.default({ "1": 1 }),
    attributes: z
      .record(attributeName, attributeDrawSchema)
      .refine((attributes) => Object.keys(attributes).length <= limits.ATTRIBUTES_PER_PLAYER_MAX, {
        error: `at most ${limits.ATTRIBUTES_PER_PLAYER_MAX} attributes`,
      })
      .default({}),
    latencies: z
      .strictObject({
        partyCorrelation: ratio.default(1).describe("Chance that a member lives where the party's first does."),
        homes: z.array(home).min(1).max(100),
      })
      .optional()
      .describe("Where players live. Absent: they measure no latencies."),
    teams: z
      .array(
        z.strictObject({
          team: name.optional().describe("Asked for by the whole party. Absent: it asks for none."),
          weight,
          partySizes: partySizes.optional().describe("Of those who ask for this team, instead of everybody's."),
        }),
      )
      .min(1)
      .max(100)
      .optional()
      .describe("Which team a party asks for. Absent: nobody asks."),
    churn: z
      .strictObject({
        share: ratio.default(1).describe("Of the tickets; the others wait until they time out."),
        patienceSeconds: z.number().gt(0).max(SECONDS_MAX).describe("Mean: many give up sooner, some much later."),
      })
      .optional()
      .describe("Who gives up waiting. Absent: nobody."),
    stay: z
      .strictObject({
        meanSeconds: z.number().gt(0).max(SECONDS_MAX).describe("Many leave sooner, some much later."),
        leastSeconds: z.number().min(0).max(SECONDS_MAX).default(0).describe("Nobody leaves before."),
      })
      .refine(({ meanSeconds, leastSeconds }) => leastSeconds <= meanSeconds, {
        path: ["leastSeconds"],
        error: "at most `meanSeconds`",
      })
      .optional()
      .describe("How long players stay in a battle before they leave it. Absent: to its end."),
  })
  .superRefine((population, context) => {
    const tickets = expectedTickets(population);
    if (tickets <= TICKETS_MAX) return;
    const message = `rates that bring at most ${TICKETS_MAX} tickets, not ${Math.round(tickets)}`;
    context.addIssue({ code: "custom", path: ["arrivals"], message, input: population.arrivals });
  });

/** What each field means is said in the schema; here defaults are filled in. */
export type Population = z.output<typeof populationSchema>;

/**
 * The population of a document: what its JSON parses to.
 *
 * @throws {MusterError} CONFIG_INVALID with one line a problem, each with JSON path, rule and value; `metadata.path` is the first.
 */
export function readPopulation(document: unknown): Population {
  return parseSection(populationSchema, document, "$");
}

/** What one rate holds for: seconds from the start of the run. */
export type RateSpan = { readonly fromSecond: number; readonly toSecond: number; readonly ticketsPerSecond: number };

/** The arrival rates of a population as spans that end where it ends. Before the first rate nobody comes. */
export function rateSpans({
  arrivals,
  durationSeconds,
}: Pick<Population, "arrivals" | "durationSeconds">): readonly RateSpan[] {
  return arrivals
    .map(({ fromSecond, ticketsPerSecond }, index) => ({
      fromSecond,
      toSecond: Math.min(durationSeconds, arrivals[index + 1]?.fromSecond ?? durationSeconds),
      ticketsPerSecond,
    }))
    .filter(({ fromSecond, toSecond }) => fromSecond < toSecond);
}

function expectedTickets(population: Pick<Population, "arrivals" | "durationSeconds">): number {
  return rateSpans(population).reduce(
    (sum, span) => sum + (span.toSecond - span.fromSecond) * span.ticketsPerSecond,
    0,
  );
}
