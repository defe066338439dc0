/** How long to wait before the n-th try: soon at first, never longer than ten seconds, never all at once. */
export function waitBefore(failures: number, chance = Math.random()): number {
  return Math.min(10_000, 400 * 2 ** (failures - 1)) * (0.75 + chance / 2);
}
