import { lookup } from 'node:dns/promises';

/** The IP addresses that a name has; none: the name server knows of none. Rejects when nobody could say. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Each takes a thread of the few that files are read with, for seconds where no name server answers. */
const MOST_LOOKUPS = 2;

let underWay = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(look: () => Promise<T>): Promise<T> {
  if (underWay >= MOST_LOOKUPS)
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  else underWay += 1;
  try {
    return await look();
  } finally {
    // Who waited takes the place over.
    const next = waiting.shift();
    if (next) next();
    else underWay -= 1;
  }
}

/**
 * As the machine resolves names: its hosts file and search domains among it. Of a name with addresses of both families only those
 * of IPv4 are told: a pod of both would be two.
 */
export const resolveBySystem: ResolveHost = (host) =>
  inTurn(async () => {
    try {
      const found = await lookup(host, { all: true });
      const four = found.filter(({ family }) => family === 4);
      return (four.length > 0 ? four : found).map(({ address }) => address);
    } catch (error) {
      // The answer of a name server, as of a Service without ready pods; where none answers it is another code.
      if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND') return [];
      throw error;
    }
  });
