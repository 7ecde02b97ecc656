/** A share from 0 to 1 as a quantity in per cent, to a hundredth. */
export const percent = (share: number): { kind: 'quantity'; value: number; unit: '%' } => ({
  kind: 'quantity',
  value: Math.round(share * 10_000) / 100,
  unit: '%',
});
