// One axis of a chart: from zero to a round number above everything that is shown, with round ticks between.

export type Axis = {
  /** Where the axis ends; it starts at 0. */
  readonly end: number;
  readonly ticks: readonly number[];
  /** Digits after the point that tell the ticks apart. */
  readonly decimals: number;
};

const ROUND = [1, 2, 5, 10];

/** An axis that holds `values`, none of them negative, with at most `ticksMax` steps. */
export function fitAxis(values: readonly number[], ticksMax: number): Axis {
  const largest = Math.max(0, ...values);
  const span = largest > 0 ? largest : 1;
  const power = Math.floor(Math.log10(span / ticksMax));
  const factor = ROUND.find((one) => one * 10 ** power * ticksMax >= span) ?? 10;
  // Powers of ten below 1 are divided by: 0.1 times 3 would be no round number.
  const tick = (index: number) => (power < 0 ? (index * factor) / 10 ** -power : index * factor * 10 ** power);
  const steps = Math.max(1, Math.ceil(span / tick(1) - 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => tick(index));
  const decimals = power < 0 ? (factor === 10 ? -power - 1 : -power) : 0;
  return { end: tick(steps), ticks, decimals };
}
