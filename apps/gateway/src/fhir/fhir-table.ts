import type { ResourceType } from '@medserve/interop';

export type Interaction = 'read' | 'search-type';

/** What is read here, and how. The routes answer and the capability statement says what stands in these lines. */
export const SERVED: readonly { readonly type: ResourceType; readonly interactions: readonly Interaction[] }[] = [
  { type: 'DiagnosticReport', interactions: ['read', 'search-type'] },
  { type: 'Observation', interactions: ['read', 'search-type'] },
  { type: 'ImagingStudy', interactions: ['read', 'search-type'] },
  { type: 'Device', interactions: ['read', 'search-type'] },
  { type: 'Provenance', interactions: ['read', 'search-type'] },
  { type: 'AuditEvent', interactions: ['read', 'search-type'] },
];

/** Undefined where resources of the type are not read so. */
export const servedType = (name: string, interaction: Interaction): ResourceType | undefined =>
  SERVED.find(({ type, interactions }) => type === name && interactions.includes(interaction))?.type;
