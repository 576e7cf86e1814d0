// What is measured in a process of its own: nobody's garbage, and nobody's compiled code, is another's.
import {
  type ColdFigures,
  type ColdTask,
  measureCold,
  measureNaive,
  measureOracle,
  type NaiveFigures,
  type OracleFigures,
} from "./cold.ts";

/** Tasks and figures are plain values: they go to another process and back. */
type Kinds = {
  readonly cold: { readonly task: ColdTask; readonly figures: ColdFigures };
  readonly naive: { readonly task: ColdTask; readonly figures: NaiveFigures };
  readonly oracle: { readonly task: ColdTask; readonly figures: OracleFigures };
};
type Name = keyof Kinds;

const measurements: {
  readonly [Key in Name]: (task: Kinds[Key]["task"]) => Kinds[Key]["figures"] | Promise<Kinds[Key]["figures"]>;
} = {
  cold: measureCold,
  naive: measureNaive,
  oracle: measureOracle,
};

export type Measure = <Key extends Name>(name: Key, task: Kinds[Key]["task"]) => Promise<Kinds[Key]["figures"]>;

export const measureHere: Measure = async (name, task) => await measurements[name](task);

export function isMeasurement(name: string): name is Name {
  return Object.hasOwn(measurements, name);
}
