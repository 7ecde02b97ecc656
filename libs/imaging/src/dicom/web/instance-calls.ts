import type { Rendering } from '../render/render-frame';

/** What is asked of the thread about one DICOM file. */
export type InstanceCall = { readonly file: Uint8Array } & (
  | { readonly ask: 'explicit-vr' | 'implicit-vr' }
  | { readonly ask: 'frames'; readonly frames: readonly number[] | 'all'; readonly asStored: boolean }
  | { readonly ask: 'rendered'; readonly rendering: Rendering }
  | { readonly ask: 'metadata'; readonly bulkPrefix: string }
  | { readonly ask: 'bulk'; readonly path: string }
);

/** Buffers, or of the metadata the text of the DICOM JSON object. */
export type InstanceAnswer = readonly Uint8Array[] | string;
