// What comes from elsewhere, a player's name or what a game says, shown to people. A terminal takes some characters for commands: they
// would move its cursor, write its title, or show a line as another.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for, but for tabs and ends of lines.
const COMMANDS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** They turn the direction of what follows, beyond the name that they stand in. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** `text` with such characters written out as JSON writes them, so that a line of JSON means what it meant. */
export function harmless(text: string): string {
  return text.replace(COMMANDS, written).replace(TURNS, written);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the one kind of command that only colours what follows.
const COLOURS = /(\u001b\[[0-9;]{0,32}m)/;

/** What a program printed, as harmless: its colours stay, and its ends of lines. */
export function harmlessOutput(text: string): string {
  const parts = text.replaceAll("\r\n", "\n").split(COLOURS);
  return parts.map((part, index) => (index % 2 === 1 ? part : harmless(part))).join("");
}

function written(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
