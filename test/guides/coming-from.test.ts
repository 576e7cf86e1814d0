// Guides for those who come from elsewhere: the server that each shows is the one that is tried, its rule sets are legal, its
// fleets are read, and every call of ours that it names is there.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readMatcherConfig } from "@muster/matcher";
import { parseFleetConfig } from "@muster/mock-fleet";
import { explainRuleSet, parseRuleSet } from "@muster/rules";
import { expect, test } from "vitest";
import { listFiles, ROOT } from "../tidy/sources.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const guides = listFiles(["docs/guides/coming-from/*.md"]);

test("there is a guide for each system", () => {
  const systems = guides.map((path) => /([a-z-]+)\.md$/.exec(path)?.[1]);
  expect(systems).toEqual(["agones", "colyseus", "gamelift", "gse-pgos", "nakama", "open-match", "playfab"]);
});

const members: Readonly<Record<string, string>> = {
  sidecar: read("sdk/src/sidecar.ts"),
  session: read("sdk/src/battle-session.ts"),
  player: read("sdk/src/player.ts"),
};
const contract = listFiles(["proto/muster/*.proto"]).map(read).join("\n");

for (const path of guides) {
  const guide = read(path);
  const blocks = [...guide.matchAll(/^```json\n(?<text>[^`]*)```$/gm)].map(({ groups }) =>
    JSON.parse(groups?.text ?? ""),
  );

  test(`${path} shows the server that is tried`, () => {
    const [, shown] = /^```ts\n(.*?)^```$/ms.exec(guide) ?? [];
    const file = `examples/ported-servers/src/${/\[(from-[a-z-]+\.ts)\]/.exec(guide)?.[1]}`;
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(shown).toBe(read(file));
    const name = /ported-servers\/src\/main\.ts (?<name>[a-z-]+)$/m.exec(guide)?.groups?.name ?? "none";
    expect(path).toBe(`docs/guides/coming-from/${name}.md`);
    expect(read("examples/ported-servers/src/main.ts")).toMatch(new RegExp(`^  "?${name}"?: `, "m"));
  });

  test(`${path} has rule sets that nothing is to be said against, or sections of muster.json that are read`, async () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      if ("teams" in block) expect(explainRuleSet(parseRuleSet(block)).lints).toEqual([]);
      else if ("fleets" in block) parseFleetConfig({ path: "/game/muster.json", directory: "/game", sections: block });
      else await readMatcherConfig({ path: "/game/muster.json", directory: "/game", sections: block });
    }
  });

  test(`${path} names calls of the SDK that are there`, () => {
    const named = [...guide.matchAll(/\b(?<of>sidecar|session|player)\.(?<name>[a-z]\w+)/g)].map(
      ({ groups }) => groups,
    );
    const absent = named.filter(
      (one) => !new RegExp(`^  (?:readonly )?${one?.name}[(:<]`, "m").test(members[one?.of ?? ""] ?? ""),
    );
    expect(absent).toEqual([]);
  });

  test(`${path} names calls of the contract that are there`, () => {
    // In the tables of calls ours is the last column but one, where there are more than two.
    const rows = guide.split("\n").filter((line) => line.startsWith("| "));
    const ours = rows.map((line) => {
      const cells = line.slice(1, -1).split("|");
      return cells.at(cells.length > 2 ? -2 : -1) ?? "";
    });
    const named = ours.flatMap((cell) =>
      [...cell.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g)].map(([, name]) => name ?? ""),
    );
    expect(named.filter((name) => !contract.includes(`rpc ${name}(`))).toEqual([]);
  });
}
