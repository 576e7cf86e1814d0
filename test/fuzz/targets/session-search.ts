// Filters and sorts of sessions: read or refused with the place, at once, and what was read can be asked of a session.

import { createFleetWorld, parseFilter, parseSort } from "@muster/mock-fleet/testing";
import { MusterError } from "@muster/proto";
import fc from "fast-check";
import { checkPrototypes, checkRefusal } from "../clean-refusal.ts";
import { Finding } from "../finding.ts";
import { withoutBlock } from "../loop-block.ts";
import { defineTarget } from "../target.ts";

const pieces = [
  ...[
    "name",
    "capacity",
    "createdAtMs",
    "playerSessionCount",
    "hasAvailablePlayerSessions",
    "currentCount",
    "properties.",
  ],
  ...[
    "properties.map",
    "properties.'a b'",
    "properties.__proto__",
    "gameServerSessionProperties.map",
    "gameServerSessionId",
  ],
  ...["=", "<>", "<", "<=", ">", ">=", "(", ")", ",", "AND", "OR", "NOT", "ASC", "DESC", "true", "false"],
  ...[
    "1",
    "-1",
    "0.5",
    "123456789012345",
    "'dust'",
    '"dust"',
    "'",
    '"',
    "\\",
    "\\'",
    " ",
    "\n",
    ".",
    "é",
    "\ud800",
    "\u0000",
  ],
  ..."(".repeat(20).split(""),
];
const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((words) => words.join(" ")) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((words) => words.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 1_100 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("(".repeat(1_024), "NOT ".repeat(256), "name,".repeat(200), "a".repeat(1_024)),
  },
);

export const sessionSearch = defineTarget({
  name: "session-search",
  about: "filters and sorts of searches for sessions",
  input: fc.record({ filter: text, sort: text }),
  open: async () => {
    const world = await createFleetWorld();
    await world.place();
    return {
      async attempt({ filter, sort }) {
        const canFilter = await withoutBlock(() => isRead(() => parseFilter(filter), filter));
        const canSort = await withoutBlock(() => isRead(() => parseSort(sort), sort));
        checkPrototypes();
        if (!canFilter || !canSort) return;
        const request = { filter, sort, limit: 1, pageToken: "", fleet: "" };
        const { sessions, nextPageToken } = await world.fleet.searchServerSessions(request);
        if (sessions.length > 1 || nextPageToken !== "") throw new Finding("One session is more than a page of one");
      },
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
});

function isRead(parse: () => unknown, source: string): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    checkRefusal(error);
    const position = error instanceof MusterError ? Number(error.metadata.position ?? 1) : 0;
    if (position < 1 || position > source.length + 1) throw new Finding(`Character ${position} is none of the text's`);
    return false;
  }
}
