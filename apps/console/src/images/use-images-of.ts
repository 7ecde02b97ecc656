import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useMe } from '../sign-in/me';
import type { ImageSet } from './image-set';
import { shelf, shelfKey, type InputHash } from './shelf';

/** The pixels that an answer is about, where the same person dropped them in this tab; undefined: they are not here. */
export function useImagesOf(inputs: readonly InputHash[] | undefined): ImageSet | undefined {
  const owner = useMe().me?.id;
  const key = useMemo(() => (inputs === undefined ? undefined : shelfKey(inputs)), [inputs]);
  const find = (): ImageSet | undefined =>
    key === undefined || owner === undefined ? undefined : shelf.find(key, owner);
  const images = useSyncExternalStore(shelf.subscribe, find);
  useEffect(() => {
    if (key !== undefined) shelf.touch(key);
  }, [key]);
  return images;
}
