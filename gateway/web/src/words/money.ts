/** Amounts of money, which the gateway writes as decimal dollars. */

export function dollars(amount: string | null | undefined): string {
  const value = Number(amount ?? 0);
  if (value === 0) return "free";
  if (value < 0.01) return "less than 1 ¢";
  return `$${value.toFixed(2)}`;
}

/** As above, where a sum is meant: nothing spent is $0.00, not free. */
export function sum(amount: string | null | undefined): string {
  const value = Number(amount ?? 0);
  return value > 0 && value < 0.01 ? "less than $0.01" : `$${value.toFixed(2)}`;
}

export const isFree = (amount: string | null | undefined) => Number(amount ?? 0) === 0;
