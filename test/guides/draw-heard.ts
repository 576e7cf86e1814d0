// What a server heard, as a picture: who did what, and what `onBattleSessionUpdated` said of it.
import type { Chapter } from "./heard-by-server.ts";

/** Mermaid's text of the chapters. Changes of progress alone, whose moment is anybody's, are left out. */
export function drawHeard(chapters: readonly Chapter[]): string {
  const lines = [
    "sequenceDiagram",
    "  participant P as players",
    "  participant S as your server",
    "  participant M as Muster",
  ];
  let backfill = "";
  for (const { did, by, heard } of chapters) {
    lines.push(by === "nobody" ? `  Note over P: ${did}` : `  ${ARROWS[by]}: ${did}`);
    for (const { reason, players, backfill: after } of heard) {
      const isNews = after !== backfill;
      if (reason === "BACKFILL_UPDATED" && !isNews) continue;
      lines.push(`  M->>S: ${[reason, ...players].join(" ")}`);
      if (isNews) lines.push(`  Note over S,M: backfill ${after}`);
      backfill = after;
    }
  }
  return lines.join("\n");
}

const ARROWS = { "a player": "P->>S", "a backend": "P->>M", "the server": "S->>M" } as const;
