import { lazy, Suspense, useCallback, useState } from 'react';
import type { ImageSet } from '../images/image-set';
import { Loading } from '../ui';
import type { StageProps } from './overlay';
import { SliceStage } from './slice-stage';

const Planes = lazy(() => import('./planes'));

let named = 0;
const names = new WeakMap<ImageSet['volume'], number>();

/** Other pixels are another stage: nothing of how the ones before were looked at is left. */
function nameOf({ volume }: ImageSet): number {
  const name = names.get(volume) ?? (named += 1);
  names.set(volume, name);
  return name;
}

/** An image with what was found drawn on it: slice by slice and, of a volume when asked for, in three planes and 3D. */
export function Stage(props: StageProps) {
  return <StageOfOne key={nameOf(props.images)} {...props} />;
}

function StageOfOne(props: StageProps) {
  const [hasPlanes, setHasPlanes] = useState(false);
  const open = useCallback(() => {
    setHasPlanes(true);
  }, []);
  const close = useCallback(() => {
    setHasPlanes(false);
  }, []);
  return (
    <>
      <div hidden={hasPlanes}>
        <SliceStage {...props} onPlanes={open} />
      </div>
      {hasPlanes ? (
        <Suspense fallback={<Loading />}>
          <Planes images={props.images} overlays={props.overlays} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}
