// How long after the last fault everything must work again, in ms (L-PROGRESS): what was under way may take so long.
export const SETTLE_MS = 10_000;
