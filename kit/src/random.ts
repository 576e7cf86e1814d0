// Chance as a port: ids, jitter and shuffles draw on it, so that a seed can repeat a whole run.

export interface Random {
  /** `length` bytes, each 0..255 with equal chance. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
}

/** Bytes that are asked of the machine at once: a call for each id costs more than the id. */
const POOL_BYTES = 4_096;
const pool = new Uint8Array(POOL_BYTES);
/** Bytes of the pool that have been given out; each is given out once. */
let given = POOL_BYTES;

/** The machine's cryptographic randomness: what ids and secrets of a real run are drawn from. */
export const systemRandom: Random = {
  bytes(length) {
    if (length > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(length));
    if (given + length > POOL_BYTES) {
      crypto.getRandomValues(pool);
      given = 0;
    }
    const bytes = pool.slice(given, given + length);
    pool.fill(0, given, given + length); // A secret is nowhere but where it went.
    given += length;
    return bytes;
  },
  fraction: () => {
    const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
    return word / 2 ** 32;
  },
};

/** The same sequence for the same seed (sfc32). For tests and simulations only: anybody can predict it. */
export function createSeededRandom(seed: number): Random {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  const nextWord = () => {
    const word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + word;
    c |= 0;
    return word >>> 0;
  };
  for (let i = 0; i < 12; i += 1) nextWord(); // The first words still show the seed.
  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let index = 0; index < length; index += 1) bytes[index] = nextWord() & 0xff;
      return bytes;
    },
    fraction: () => nextWord() / 2 ** 32,
  };
}

const ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** `prefix` and 128 random bits as 26 characters of Crockford's base 32, as in `tick_06qj…`. */
export function drawId(prefix: string, random: Random): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of random.bytes(16)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ID_ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return `${prefix}_${text}${ID_ALPHABET[(held << (5 - bits)) & 31]}`;
}
