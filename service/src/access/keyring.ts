// Who calls, by key or certificate. What is known can be replaced while the service runs: who is no longer there is cut off.
import { MusterError } from "@muster/proto";
import { type CallContext, type Caller, PROJECT_ALL } from "@muster/proto/rpc";
import { type Access, hashKey, type Identity, type Rate } from "./access-config.ts";

export type KnownCaller = {
  readonly caller: Caller;
  /** What it may call how often. Undefined: no limit. */
  readonly rate: Rate | undefined;
  /** Aborts when its key or certificate no longer counts. */
  readonly revoked: AbortSignal;
};

export interface Keyring {
  /** No key and no certificate is configured: everybody may do everything. */
  readonly isOpen: boolean;
  readonly perPlayer: Rate | undefined;
  /** Of all who are known now and belong to one. */
  readonly projects: readonly string[];
  /**
   * Who the call comes from. Undefined: it carries neither key nor certificate of anybody.
   *
   * @throws {MusterError} CREDENTIALS_INVALID for a key that is none.
   */
  find(context: Pick<CallContext, "token" | "certificate">): KnownCaller | undefined;
  /** From now on these are known. Who has the same proof, role and project as before goes on undisturbed. */
  replace(access: Access): void;
}

type Held = { readonly identity: Identity; readonly known: KnownCaller; readonly revoke: AbortController };

export function createKeyring(first: Access): Keyring {
  let access = first;
  let held: ReadonlyMap<string, Held> = new Map();

  const replace = (next: Access) => {
    const before = held;
    held = new Map(
      next.identities.map((identity) => {
        const proof = proofOf(identity);
        const old = before.get(proof);
        return [proof, old && isSame(old.identity, identity) ? keep(old, identity, next) : hold(identity, next)];
      }),
    );
    access = next;
    for (const [proof, old] of before) {
      if (held.get(proof)?.revoke === old.revoke) continue;
      const why = `Cannot go on as the key or certificate of ${old.identity.name} no longer counts`;
      old.revoke.abort(new MusterError("CREDENTIALS_INVALID", why));
    }
  };
  replace(first);

  return {
    get isOpen() {
      return access.identities.length === 0;
    },
    get perPlayer() {
      return access.perPlayer;
    },
    get projects() {
      return [...new Set(access.identities.map(({ project }) => project))].filter((one) => one !== PROJECT_ALL);
    },
    find({ token, certificate }) {
      if (token !== "") {
        const found = held.get(`key ${hashKey(token)}`);
        if (found) return found.known;
        throw new MusterError("CREDENTIALS_INVALID", "Cannot take the call as its key is none that is known here");
      }
      return certificate === undefined ? undefined : held.get(`certificate ${certificate}`)?.known;
    },
    replace,
  };
}

/** Looked up by hash: comparing keys byte by byte would tell by its time how much of one is right. */
function proofOf({ proof }: Identity): string {
  return "sha256" in proof ? `key ${proof.sha256}` : `certificate ${proof.commonName}`;
}

function isSame(a: Identity, b: Identity): boolean {
  return a.name === b.name && a.role === b.role && a.project === b.project;
}

function hold(identity: Identity, access: Access): Held {
  return keep({ revoke: new AbortController() }, identity, access);
}

function keep({ revoke }: Pick<Held, "revoke">, identity: Identity, { perKey }: Access): Held {
  const { name, role, project, rate } = identity;
  return { identity, revoke, known: { caller: { name, role, project }, rate: rate ?? perKey, revoked: revoke.signal } };
}
