import { lazy, useState, type ComponentType } from 'react';

/** A component that is in a chunk of its own. */
export type Late<Props> = ComponentType<Props> & {
  /** Fetches it, where it is not there yet. @throws what `import` does */
  load(): Promise<void>;
};

/**
 * A component that is fetched when it is shown, or before. One that is there is shown at once: `lazy` shows the fallback first even
 * then, and React leaves a fallback on the page for 300 ms at least (`FALLBACK_THROTTLE_MS` of its reconciler).
 */
export function late<Props extends object>(get: () => Promise<ComponentType<Props>>): Late<Props> {
  let there: ComponentType<Props> | undefined;
  const fetched = async (): Promise<ComponentType<Props>> => (there ??= await get());
  const Fetching = lazy(async () => ({ default: await fetched() }));
  function Component(props: Props) {
    // What it began with it stays, so that nothing in it is lost when the chunk comes.
    const [Shown] = useState<ComponentType<Props>>(() => there ?? Fetching);
    return <Shown {...props} />;
  }
  return Object.assign(Component, {
    load: async () => {
      await fetched();
    },
  });
}
