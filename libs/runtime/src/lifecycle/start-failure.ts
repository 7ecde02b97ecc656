import { ConfigurationError } from '@medserve/errors';

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be listened on by this account',
  EADDRNOTAVAIL: 'is on an address that this machine does not have',
};

/**
 * What an operator is told of a process that cannot start; undefined for errors whose text may hold what callers sent. Of a port that
 * cannot be listened on (the errors of listen(2), as Node gives them: `code`, `address`, `port`) which port, and why.
 */
export function startFailureInWords(error: unknown): string | undefined {
  if (error instanceof ConfigurationError) return error.message;
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, address, port } = error as Readonly<Record<string, unknown>>;
  const why = typeof code === 'string' ? WHY[code] : undefined;
  if (why === undefined || typeof port !== 'number') return undefined;
  const host = typeof address === 'string' ? ` of ${address}` : '';
  return `port ${String(port)}${host} ${why}`;
}
