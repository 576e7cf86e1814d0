import { expect, test } from "vitest";
import { checkQueues } from "./check-queues.ts";

const queues = [{ name: "duel" }, { name: "lobby" }];
const rows = [
  { name: "a queue of the file", sections: { queues, configurations: [{ queue: "lobby" }] } },
  { name: "a configuration without one", sections: { queues, configurations: [{}] } },
  { name: "what is no list, which is for others to refuse", sections: { queues: "duel", configurations: {} } },
  { name: "entries that are none", sections: { queues: [1, null], configurations: [null, "x"] } },
  { name: "a file with projects", sections: { queues, projects: {}, configurations: [{ queue: "x" }] } },
  {
    name: "a slip",
    sections: { queues, configurations: [{}, { queue: "dule" }] },
    says: 'Cannot read $.configurations[1].queue of /muster.json as a queue of the file: it is "dule", and there is duel',
  },
  {
    name: "another name, in an alternative",
    sections: { queues, configurations: [{ queue: "duel", alternatives: [{ queue: "arena-eu" }] }] },
    says: 'Cannot read $.configurations[0].alternatives[0].queue of /muster.json as a queue of the file: it is "arena-eu", and there is duel, lobby',
  },
  {
    name: "a file without queues",
    sections: { queues: [], configurations: [{ queue: "duel" }] },
    says: 'Cannot read $.configurations[0].queue of /muster.json as a queue of the file: it is "duel", and there is none',
  },
];
for (const { name, sections, says } of rows) {
  test(`checkQueues() ${says === undefined ? "takes" : "refuses"} ${name}`, () => {
    const check = () => checkQueues({ path: "/muster.json", sections });
    if (says === undefined) check();
    else expect(check).toThrow(says);
  });
}
