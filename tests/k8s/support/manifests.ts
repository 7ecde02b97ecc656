import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../../support/platform';
import type { Resource } from './cluster';

export const RENDERED = join(ROOT, 'deploy', 'k8s', 'rendered');
export const OVERLAYS = join(ROOT, 'deploy', 'k8s', 'overlays');
export const NAMESPACE = 'medserve';

export const documentsOf = (text: string): Resource[] =>
  parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as Resource | null;
    return value === null ? [] : [value];
  });

/** Objects of a rendered file. */
export const rendered = (...path: readonly string[]): Resource[] =>
  documentsOf(readFileSync(join(RENDERED, ...path), 'utf8'));

/** What every pool's pods need of the platform: namespace, priority classes, the admission policy. */
export const ground = (): Resource[] =>
  ['namespace', 'priorities', 'admission'].flatMap((name) => rendered('platform', `${name}.yaml`));
