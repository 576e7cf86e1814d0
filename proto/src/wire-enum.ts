// Enums are numbers on the wire and upper-case words everywhere else; UNSPECIFIED and words of newer peers are `undefined`.

export type EnumTable = Readonly<Record<string, number>>;
export type EnumWord<Table extends EnumTable> = Exclude<keyof Table & string, "UNSPECIFIED">;

/** The word of `value`, or undefined for UNSPECIFIED and for values that this build does not know. */
export function readEnum<Table extends EnumTable>(table: Table, value: number): EnumWord<Table> | undefined {
  if (value === 0) return undefined;
  for (const word in table) if (table[word] === value) return word as unknown as EnumWord<Table>;
  return undefined;
}

/** The value of `word`; UNSPECIFIED for undefined. */
export function writeEnum<Table extends EnumTable>(
  table: Table,
  word: EnumWord<Table> | undefined,
): Table[keyof Table] {
  return (word === undefined ? 0 : table[word]) as Table[keyof Table];
}
