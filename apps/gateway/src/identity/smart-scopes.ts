import type { Scope } from '@medserve/security';
import { SERVED } from '../fhir/fhir-table';

/** `read` of SMART 1, and what is the same of it in SMART 2: to read, to search. */
const SMART = /^system\/(\*|[A-Z][A-Za-z]*)\.(?:rs|r|s|read)$/;

/**
 * The scope of ours that a scope of SMART asks for (HL7 SMART App Launch 2, "Scopes for requesting clinical data"); undefined where
 * there is none, as nothing is written by FHIR here. There is one scope for all results, so a type in it is one that is read here, and
 * narrows nothing.
 */
export const smartScope = (word: string): Scope | undefined => {
  const [, type] = SMART.exec(word) ?? [];
  return type === '*' || SERVED.some((one) => one.type === type) ? 'result:read' : undefined;
};

/** Those that are told to clients; others that mean the same are taken. */
export const SMART_SCOPES: readonly string[] = [
  ...['*', ...SERVED.map(({ type }) => type)].map((type) => `system/${type}.rs`),
  'system/*.read',
];
