// docs/reference/rights.md from the table by which the services decide who may call what.
import { roles } from "@muster/proto/rpc";
import { rights } from "@muster/service";

/** The page. */
export function writeRightsPage(): string {
  const rows = [...rights].map(([path, right]) => {
    const marks = roles.map((role) => (right.roles.includes(role) ? "yes" : ""));
    const proof =
      right.provenBy === undefined
        ? ""
        : right.provenBy === "STREAM"
          ? "its process's secret"
          : "its session's capability";
    return `| \`${path.slice(1).replace("muster.", "")}\` | ${right.kind} | ${marks.join(" | ")} | ${proof} |`;
  });
  return `<!-- Made by npm run gen from service/src/access/rights.ts. -->
# Who may call what

The role of a key or certificate says what it may call; [the guide](../guides/secure.md) tells how callers get one. Where no keys are
configured nobody is asked, and everybody may call everything.

READ changes nothing, WRITE is what players, games and matchers do all day, and CONTROL is logged with the name of whoever called it.
Where the last column names something a game server needs no key: what it carries proves that it is the one.

| method | kind | ${roles.join(" | ")} | a game server proves itself by |
|---|---|${roles.map(() => "---|").join("")}---|
${rows.join("\n")}
`;
}
