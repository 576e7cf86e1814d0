// One spelling for one state everywhere (GLOSSARY): "ACTIVE". The generated code writes states into JSON with the name of their
// enum before them, "SESSION_STATE_ACTIVE", as the wire format's own mapping does; here it learns to write the word alone and to
// read both.

/** Generated code whose enums are words in JSON. */
export function shortEnumWords(code: string): string {
  return code
    .replace(/(case [A-Z]\w+\.(\w+):\n\s+return )"\w+";/g, '$1"$2";')
    .replace(
      /case "(\w+)":\n(\s+)return ([A-Z]\w+)\.(\w+);/g,
      (all, full: string, indent: string, table: string, word: string) =>
        full === word
          ? all
          : `case "${full}":\n${indent.slice(0, -2)}case "${word}":\n${indent}return ${table}.${word};`,
    );
}
