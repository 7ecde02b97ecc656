/** The doors of a platform that serves the stand-ins. */
export interface Doors {
  /** JSON in and out. @throws Error for what is no JSON */
  readonly json: (path: string, body: unknown) => Promise<Answered>;
  /** The native API: a file and the request that stands beside it. */
  readonly infer: (file: Uint8Array, request: object) => Promise<Answered>;
  /** A picture, as a PNG file. */
  readonly picture: Uint8Array;
  /** A CT volume, as a NIfTI file. */
  readonly volume: Uint8Array;
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** A promise of a recipe: asked for through the doors, it is kept, or what is wrong is told. */
export interface Promised {
  readonly promise: string;
  readonly keep: (doors: Doors) => Promise<string | undefined>;
}
