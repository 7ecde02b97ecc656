import type { Manifest } from '../manifest/manifest';

/** What a package says of a model that turns texts into vectors. */
export type TextRules = NonNullable<Manifest['text']>;
