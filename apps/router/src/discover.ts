import { parseAddressSource, watchAddresses, type AddressSource, type ResolveHost } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import type { Fleet } from './fleet';
import type { PodGroup } from './pod-group';

const fieldsOf = (source: AddressSource) => {
  switch (source.kind) {
    case 'fixed':
      return { address: source.address };
    case 'dns':
      return { address: `${source.host}:${String(source.port)}` };
    case 'file':
      return { path: source.path };
  }
};

/**
 * Follows where the pods of each group are, and tells the fleet, until it is closed.
 *
 * @throws ServingError `invalid_request` for a source that is none
 */
export function discover(
  found: readonly { readonly group: PodGroup; readonly sources: readonly string[] }[],
  fleet: Pick<Fleet, 'rediscovered'>,
  logger: Logger,
  resolveHost?: ResolveHost,
): { close(): void } {
  const parsed = found.map(({ group, sources }) => ({ group, sources: sources.map(parseAddressSource) }));
  let isBegun = false;
  const watches = parsed.map(({ group, sources }) =>
    watchAddresses({
      sources,
      resolveHost,
      onChange: ({ addresses, complete }) => {
        group.addresses = addresses;
        group.isDiscovered = complete;
        if (isBegun) fleet.rediscovered();
      },
      onProblem: (source, error) => {
        if (error)
          logger.warn('a source of pods cannot be read: those known of it are kept', {
            ...fieldsOf(source),
            error: error.cause ?? error,
          });
        else logger.info('a source of pods can be read again', fieldsOf(source));
      },
    }),
  );
  isBegun = true;
  fleet.rediscovered();
  return {
    close: () => {
      for (const watch of watches) watch.close();
    },
  };
}
