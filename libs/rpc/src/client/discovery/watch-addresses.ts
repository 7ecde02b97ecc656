import type { Watch } from '../watch';
import type { AddressSource } from './address-source';
import { FollowedSource, type SourceEvents } from './followed-source';
import { resolveBySystem, type ResolveHost } from './resolve-host';

export interface KnownAddresses {
  /** host:port, each once, in the order of the sources. */
  readonly addresses: readonly string[];
  /** Whether every source could be read since the watch began. */
  readonly complete: boolean;
}

export interface AddressWatchOptions {
  readonly sources: readonly AddressSource[];
  /** Told of what is known at once, before the watch is given back, and after every change. */
  readonly onChange: (known: KnownAddresses) => void;
  readonly onProblem?: SourceEvents['onProblem'];
  /** Default: as the machine resolves names. */
  readonly resolveHost?: ResolveHost | undefined;
  /** From one reading of a name or a file to the next, in milliseconds; a file is read as soon as it changes besides. Default 2000. */
  readonly everyMs?: number;
}

/** Follows the addresses that sources have. A source that cannot be read keeps what it had. */
export function watchAddresses(options: AddressWatchOptions): Watch {
  const { sources, onChange, onProblem = () => undefined } = options;
  const { resolveHost = resolveBySystem, everyMs = 2_000 } = options;
  const followed: FollowedSource[] = [];
  const tell = (): void => {
    onChange({
      addresses: [...new Set(followed.flatMap(({ addresses = [] }) => addresses))],
      complete: followed.every(({ addresses }) => addresses !== undefined),
    });
  };
  for (const source of sources)
    followed.push(new FollowedSource(source, { onChange: tell, onProblem }, resolveHost, everyMs));
  tell();
  return {
    close: () => {
      for (const source of followed) source.close();
    },
  };
}
