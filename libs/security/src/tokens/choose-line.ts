import type { JWTPayload } from 'jose';
import { claimAt, clientOf, wordsOf } from './claim';
import type { TrustedIssuer } from './issuer';

type Conditions = Pick<TrustedIssuer, 'client' | 'claim'>;

function fits({ client, claim }: Conditions, claims: JWTPayload): boolean {
  if (client !== null && clientOf(claims) !== client) return false;
  if (claim === null) return true;
  const value = claimAt(claims, claim.name);
  return value === claim.value || (Array.isArray(value) && wordsOf(value).includes(claim.value));
}

const conditions = ({ client, claim }: Conditions): number => (client === null ? 0 : 1) + (claim === null ? 0 : 1);

/**
 * The line of the table that a token belongs to: the one that asks most of it. Where two ask as much, nobody can say whose
 * token it is, so it is nobody's.
 */
export function chooseLine<T extends Conditions>(lines: readonly T[], claims: JWTPayload): T | undefined {
  const fitting = lines.filter((line) => fits(line, claims));
  const most = Math.max(...fitting.map(conditions));
  const best = fitting.filter((line) => conditions(line) === most);
  return best.length === 1 ? best[0] : undefined;
}
