// Diagrams of documents without a library of megabytes: sequences are drawn, states are told as a table.
import { escapeHtml } from "./escape-html.ts";

/** The diagram as HTML. Undefined: it is of a kind that is shown as it is written. */
export function drawDiagram(source: string): string | undefined {
  const lines = source.split("\n").map((line) => line.trim());
  const [kind, ...rest] = lines.filter((line) => line !== "");
  if (kind === "sequenceDiagram") return drawSequence(rest);
  if (kind === "stateDiagram-v2") return tellStates(rest);
  return undefined;
}

type Step =
  | {
      readonly type: "message";
      readonly from: string;
      readonly to: string;
      readonly text: string;
      readonly dashed: boolean;
    }
  | { readonly type: "note"; readonly over: readonly string[]; readonly text: string };

const [LANE, ROW, TOP] = [240, 34, 46];

function drawSequence(lines: readonly string[]): string {
  const names = new Map<string, string>();
  const steps: Step[] = [];
  for (const line of lines) {
    const participant = /^participant (?<id>\S+)(?: as (?<name>.*))?$/.exec(line)?.groups;
    const message = /^(?<from>\w+)(?<arrow>-{1,2}>>)(?<to>\w+): ?(?<text>.*)$/.exec(line)?.groups;
    const note = /^Note over (?<over>[\w, ]+): ?(?<text>.*)$/.exec(line)?.groups;
    if (participant) names.set(participant.id ?? "", participant.name ?? participant.id ?? "");
    else if (message) {
      const { from = "", to = "", text = "", arrow = "" } = message;
      for (const id of [from, to]) if (!names.has(id)) names.set(id, id);
      steps.push({ type: "message", from, to, text, dashed: arrow.startsWith("--") });
    } else if (note) {
      steps.push({ type: "note", over: (note.over ?? "").split(",").map((id) => id.trim()), text: note.text ?? "" });
    }
  }
  const ids = [...names.keys()];
  const xOf = (id: string) => LANE / 2 + LANE * ids.indexOf(id);
  const [width, height] = [LANE * ids.length, TOP + ROW * steps.length + 20];
  const lanes = ids.map(
    (id) =>
      `<text class="name" x="${xOf(id)}" y="20">${escapeHtml(names.get(id) ?? id)}</text><line class="lane" x1="${xOf(id)}" y1="30" x2="${xOf(id)}" y2="${height}"/>`,
  );
  const drawn = steps.map((step, index) => {
    const y = TOP + ROW * (index + 0.6);
    if (step.type === "note") {
      const xs = step.over.map(xOf);
      const [left, right] = [Math.min(...xs) - LANE * 0.4, Math.max(...xs) + LANE * 0.4];
      return `<rect class="note" x="${left}" y="${y - 17}" width="${right - left}" height="25" rx="4"/><text x="${(left + right) / 2}" y="${y}">${escapeHtml(step.text)}</text>`;
    }
    const [from, to] = [xOf(step.from), xOf(step.to)];
    const tip = to > from ? -8 : 8;
    return `<line class="${step.dashed ? "dashed" : "solid"}" x1="${from}" y1="${y}" x2="${to}" y2="${y}"/><path class="tip" d="M${to} ${y}l${tip} -4v8z"/><text x="${(from + to) / 2}" y="${y - 6}">${escapeHtml(step.text)}</text>`;
  });
  const told = steps.map((step) =>
    step.type === "note" ? step.text : `${names.get(step.from)} to ${names.get(step.to)}: ${step.text}`,
  );
  return `<figure class="sequence"><svg role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${escapeHtml(told.join("; "))}</title>${[...lanes, ...drawn].join("\n")}</svg></figure>\n`;
}

function tellStates(lines: readonly string[]): string {
  const rows = lines.flatMap((line) => {
    const found = /^(?<from>\S+) --> (?<to>[^\s:]+)(?:: ?(?<when>.*))?$/.exec(line)?.groups;
    if (!found) return [];
    const name = (id = "", end = "") => (id === "[*]" ? end : `<code>${escapeHtml(id)}</code>`);
    return [
      `<tr><td>${name(found.from, "begins")}</td><td>${name(found.to, "ends")}</td><td>${escapeHtml(found.when ?? "")}</td></tr>`,
    ];
  });
  return `<div class="table"><table><thead><tr><th>from</th><th>to</th><th>when</th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>\n`;
}
