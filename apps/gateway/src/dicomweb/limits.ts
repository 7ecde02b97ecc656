import type { SplitLimits } from './multipart/split-parts';
import type { Patience } from './store/arriving-body';

/** Of one STOW request. Its bytes are counted as they come: nothing waits for the whole of it. */
export const STORE_LIMITS = {
  requestBytes: 8 * 1024 ** 3,
  parts: { partBytes: 1024 ** 3, parts: 20_000, headerBytes: 16 * 1024 } satisfies SplitLimits,
  /** Instances that are stored at the same time; those that come at once share a commit. */
  atOnce: 16,
  /** Of the room for all bodies: the rest is for who asks a model. */
  shareOfBodies: 0.75,
  /** About the slowest line that a hospital has, 35 kbit/s. */
  patience: { waitMs: 60_000, bytes: 256 * 1024 } satisfies Patience,
} as const;

/** Of one search. Rows past it are told of by a warning. */
export const SEARCH_LIMITS = {
  /** Of one value of a key, in characters. */
  value: 4_096,
  keys: 64,
  /** Rows whose whole header is read from the file. */
  headers: 200,
} as const;

/** Frames of one request. */
export const MAX_FRAMES = 2_000;

/** Longer side of a thumbnail, in pixels. */
export const THUMBNAIL = 128;
/** Instances that one thumbnail is tried of. */
export const THUMBNAIL_TRIES = 8;
/** Longest side of a rendered image that was asked for. */
export const MAX_VIEWPORT = 8_192;
