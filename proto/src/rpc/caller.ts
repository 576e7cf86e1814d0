// Who a call comes from, as far as the server that takes it has made sure.

/**
 * What a caller is, which says what it may call. BACKEND: a game's backend, for its players. GAME_SERVER: a sidecar, for its own
 * process and sessions. MATCHER: a matcher at a fleet. OPERATOR: everything. OBSERVER: reads what names no player.
 */
export const roles = ["BACKEND", "GAME_SERVER", "MATCHER", "OPERATOR", "OBSERVER"] as const;
export type Role = (typeof roles)[number];

export type Caller = {
  /** Of its key or certificate, as the configuration calls it; "" for a game server that is known by its session alone. */
  readonly name: string;
  readonly role: Role;
  /** The tenant that all it names belongs to; "*": all of them. Undefined: that of the session whose capability it holds. */
  readonly project: string | undefined;
};

/** The tenant of everything where nothing else is configured. */
export const PROJECT_DEFAULT = "default";
/** Names of projects: short, as they lead names of partitions and ids. */
export const PROJECT_NAME = /^[A-Za-z0-9_-]{1,32}$/;
/** In place of a project: every one. */
export const PROJECT_ALL = "*";
