// For tests and simulations: what stands between callers and handlers, with keys in the test's hand.
export type { Access } from "./access/access-config.ts";
export { guardServices } from "./access/guard-services.ts";
export { createKeyring } from "./access/keyring.ts";
