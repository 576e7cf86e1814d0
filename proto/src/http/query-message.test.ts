import { expect, test } from "vitest";
import { DescribeProcessesRequest } from "../../gen/muster/fleet/v1/fleet.ts";
import { WatchTicketsRequest } from "../../gen/muster/matchmaking/v1/matchmaking.ts";
import { type JsonMessageType, readJsonMessage } from "./json-message.ts";
import { parseQuery, readQuery } from "./query-message.ts";

const rows: readonly { query: string; type: JsonMessageType; message: object }[] = [
  { query: "", type: WatchTicketsRequest, message: { ticketIds: [], configuration: "" } },
  { query: "ticketIds=a", type: WatchTicketsRequest, message: { ticketIds: ["a"] } },
  { query: "ticketIds=a&ticketIds=b", type: WatchTicketsRequest, message: { ticketIds: ["a", "b"] } },
  {
    query: "ticket_ids=a&configuration=true",
    type: WatchTicketsRequest,
    message: { ticketIds: ["a"], configuration: "true" },
  },
  { query: "includeEnded=true", type: DescribeProcessesRequest, message: { includeEnded: true } },
  { query: "includeEnded=false", type: DescribeProcessesRequest, message: { includeEnded: false } },
];
for (const { query, type, message } of rows) {
  test(`readQuery() reads "${query}" as fields of their types`, () => {
    expect(readJsonMessage(type, readQuery(type, new URLSearchParams(query)))).toMatchObject(message);
  });
}

const refused = [
  { query: "configuration=a&configuration=b", field: "configuration" },
  { query: "nonsense=1", field: "nonsense" },
  { query: "__proto__=1", field: "__proto__" },
  { query: "toString=1", field: "toString" },
];
for (const { query, field } of refused) {
  test(`readQuery() leaves "${query}" to be refused`, () => {
    const read = () => readJsonMessage(WatchTicketsRequest, readQuery(WatchTicketsRequest, new URLSearchParams(query)));
    expect(read).toThrow(expect.objectContaining({ reason: "FIELD_INVALID", metadata: { field } }));
  });
}

for (const query of ["playerId=%ed%a0%80", "playerId=%c0%ae", "playerId=%ff", "playerId=%", "%ff=1"]) {
  test(`parseQuery() refuses "${query}", whose bytes are no UTF-8`, () => {
    const refusal = { reason: "FIELD_INVALID", metadata: { field: "the query" } };
    expect(() => parseQuery(query)).toThrow(expect.objectContaining(refusal));
  });
}
