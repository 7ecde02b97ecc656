import type { ModelKey } from '@medserve/rpc';

export const keyOf = ({ name, version }: ModelKey): string => `${name}:${version}`;
