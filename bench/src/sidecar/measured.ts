// What one part of the benchmark brings to its report, and how its figures are called.
import type { Contender } from "./contenders.ts";

export type Measured = {
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
};

/** The contender's name before the unit: `rssIdleMb` of the bare grpc-js server is `rssIdleGrpcMb`. */
export function figureName(figure: string, contender: Contender["name"]): string {
  if (contender === "sidecar") return figure;
  const unit = /[A-Z][a-z0-9]*(?:PerCall)?$/.exec(figure)?.[0] ?? "";
  const name = contender.charAt(0).toUpperCase() + contender.slice(1);
  return figure.slice(0, figure.length - unit.length) + name + unit;
}
