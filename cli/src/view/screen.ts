// Draws lines in place with plain ANSI, at most four times a second, on the terminal's other screen.
import type { Clock } from "@muster/kit";
import { harmless } from "../harmless-text.ts";
import type { Terminal } from "../terminal.ts";
import type { ViewLine } from "./render-view.ts";

/** Shortest time between two drawings, in ms: calm, and nothing on a busy machine. */
const DRAW_MS = 250;
/** Drawn anew at least this often, in ms, for what counts time. */
const TICK_MS = 1_000;

const ESC = "\u001b[";
const ENTER = `${ESC}?1049h${ESC}?25l`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;
const TONES = { title: "1", plain: "0", good: "32", bad: "31", dim: "2" } as const satisfies Record<
  ViewLine["tone"],
  string
>;
/** Bold and dim are no colours. */
const COLOURS: ReadonlySet<string> = new Set([TONES.good, TONES.bad]);

/** Disposing gives the terminal back as it was. */
export interface Screen extends AsyncDisposable {
  /** Something changed: draw soon. */
  refresh(): void;
}

/** Draws what `render` answers for the window's size, now and after every `refresh`. */
export function openScreen(
  terminal: Terminal,
  render: (size: { columns: number; rows: number }) => readonly ViewLine[],
  clock: Clock,
): Screen {
  const closed = new AbortController();
  let wake = Promise.withResolvers<void>();

  const draw = () => {
    const codeOf = (tone: ViewLine["tone"]) =>
      !terminal.hasColours && COLOURS.has(TONES[tone]) ? TONES.plain : TONES[tone];
    const lines = render(terminal.size()).map(
      ({ text, tone }) => `${ESC}${codeOf(tone)}m${harmless(text)}${ESC}0m${ESC}K`,
    );
    terminal.write(`${ESC}H${lines.join("\r\n")}${ESC}J`);
  };
  const keepDrawing = async () => {
    while (!closed.signal.aborted) {
      draw();
      await clock.sleep(DRAW_MS, closed.signal).catch(() => undefined);
      await Promise.race([wake.promise, clock.sleep(TICK_MS - DRAW_MS, closed.signal).catch(() => undefined)]);
      wake = Promise.withResolvers();
    }
  };

  terminal.write(ENTER);
  terminal.onResize(() => wake.resolve(), closed.signal);
  const drawing = keepDrawing();
  return {
    refresh: () => wake.resolve(),
    async [Symbol.asyncDispose]() {
      closed.abort();
      await drawing;
      terminal.write(LEAVE);
    },
  };
}
