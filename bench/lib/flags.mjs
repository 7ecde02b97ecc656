/** The V8 flags that the platform gives its own services, so that baseline and services run alike. */
export const V8_FLAGS = [
  '--single-threaded-gc',
  '--no-incremental-marking',
  '--external-memory-accounted-in-global-limit',
];
