// docs/reference/errors.md from proto/src/reasons.ts: the comment above each reason is its meaning.

const REASON =
  /\/\*\* (?<meaning>(?:(?!\*\/).)*?) \*\/\s*(?<reason>[A-Z_]+): \{ code: "(?<code>[A-Z_]+)", retry: "(?<retry>[a-z]+)" \}/gs;

const RETRY: Readonly<Record<string, string>> = {
  never: "no",
  backoff: "later, with backoff",
  reread: "after looking at the present state",
};

/** What each reason means, in a sentence, given the text of the list. */
export function readMeanings(source: string): ReadonlyMap<string, string> {
  return new Map(
    [...source.matchAll(REASON)].map(({ groups: { meaning = "", reason = "" } = {} }) => [reason, flow(meaning)]),
  );
}

function flow(meaning: string): string {
  return meaning.replace(/\s*\n\s*\*?\s*/g, " ");
}

/** The page, given the text of the list. */
export function writeErrorsPage(source: string): string {
  const rows = [...source.matchAll(REASON)].map((match) => {
    const { meaning = "", reason = "", code = "", retry = "" } = match.groups ?? {};
    return `| \`${reason}\` | ${flow(meaning)} | ${code} | ${RETRY[retry] ?? retry} |`;
  });
  return `<!-- Made by npm run gen from proto/src/reasons.ts. -->
# Errors

Every call of Muster fails in one way: with a gRPC status that carries a \`google.rpc.ErrorInfo\` of domain \`muster\`, whose
\`reason\` is one of these. In TypeScript it is a \`MusterError\` with \`reason\`, \`code\`, \`retry\` and \`metadata\`. Reasons are
stable; messages are for people and may change.

| reason | meaning | gRPC status | try again? |
|---|---|---|---|
${rows.join("\n")}
`;
}
