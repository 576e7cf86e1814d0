// The way through the documents, as docs/README.md has it: its headings are sections, the links in its tables their pages.
import { sitePathOf } from "./site-path.ts";

export type Navigation = readonly {
  readonly title: string;
  readonly links: readonly { readonly path: string; readonly text: string }[];
}[];

const LINK = /\[(?<text>[^\]]+)\]\((?<to>[^)#]+)\)/g;

/** `resolve`: the file that a link of docs/README.md leads to. `more`: pages that no document stands for, by section. */
export function readNavigation(
  index: string,
  resolve: (link: string) => string,
  more: Readonly<Record<string, Navigation[number]["links"]>>,
): Navigation {
  const [start = "", ...sections] = index.split(/^## /m);
  const titled = [["Start", start] as const, ...sections.map((text) => [text.split("\n")[0] ?? "", text] as const)];
  return titled.map(([title, text]) => {
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    const links = rows.flatMap((row) =>
      [...row.matchAll(LINK)].map(({ groups }) => ({
        path: sitePathOf(resolve(groups?.to ?? "")),
        text: groups?.text ?? "",
      })),
    );
    return { title, links: [...links, ...(more[title] ?? [])] };
  });
}
