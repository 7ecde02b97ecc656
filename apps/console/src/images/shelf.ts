import type { ImageSet } from './image-set';

/** What the tab may hold of decoded pixels: a chest CT of 300 slices takes 157 MB. */
const LIMIT_BYTES = 320 * 1024 * 1024;

export interface InputHash {
  readonly sha256: string;
}

/** Names a set by what was in its files, in whatever order they were sent. */
export const shelfKey = (inputs: readonly InputHash[]): string =>
  inputs
    .map(({ sha256 }) => sha256)
    .sort()
    .join(' ');

const bytesOf = ({ volume: { nifti, samples } }: ImageSet): number =>
  nifti.byteLength + (samples.buffer === nifti ? 0 : samples.byteLength);

/**
 * Keeps what was dropped, in memory and for one person, so that their answers find the pixels they are about. When it is full, what
 * was not looked at for longest goes; what was put last stays, however large.
 */
export class Shelf {
  /** What was not looked at for longest comes first. */
  private readonly sets = new Map<string, ImageSet>();
  private readonly listeners = new Set<() => void>();
  private owner: string | undefined;

  constructor(private readonly limitBytes = LIMIT_BYTES) {}

  /** @param owner id of the person who dropped it; what was another's is forgotten */
  keep(images: ImageSet, owner: string): void {
    if (owner !== this.owner) this.sets.clear();
    this.owner = owner;
    const key = shelfKey(images.description.inputs);
    this.sets.delete(key);
    this.sets.set(key, images);
    this.makeRoom();
    for (const listener of this.listeners) listener();
  }

  find(key: string, owner: string): ImageSet | undefined {
    return owner === this.owner ? this.sets.get(key) : undefined;
  }

  /** Says that somebody looks at it. */
  touch(key: string): void {
    const images = this.sets.get(key);
    if (images === undefined) return;
    this.sets.delete(key);
    this.sets.set(key, images);
  }

  /** Calls back when something came or went. Returns how to stop. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  private makeRoom(): void {
    let held = 0;
    for (const images of this.sets.values()) held += bytesOf(images);
    for (const [key, images] of this.sets) {
      if (held <= this.limitBytes || this.sets.size === 1) return;
      this.sets.delete(key);
      held -= bytesOf(images);
    }
  }
}

/** That of this tab. */
export const shelf = new Shelf();
