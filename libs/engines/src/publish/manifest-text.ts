import { Document, parseDocument } from 'yaml';
import type { Optimised } from '../onnx/optimise';
import type { HashedFile } from '../package-files';
import { ACCEPTED_ROWS } from '../packages/manifest-serving';
import type { Manifest } from '../manifest/manifest';
import type { RowTime } from './profile';
import type { Source } from './read-source';

/** What only a person can say about a model. */
export interface Words {
  readonly title?: string | undefined;
  readonly intendedUse?: string | undefined;
  readonly notFor?: string | undefined;
  readonly licence?: string | undefined;
}

export interface Facts {
  readonly name: string;
  readonly version: string;
  readonly files: readonly HashedFile[];
  readonly made: Optimised | undefined;
  readonly profile: readonly RowTime[];
  /** Rows beyond which a larger batch is not worth it. */
  readonly cap: number;
}

const UNSTATED = 'Not stated.';
const LINE_WIDTH = 132;

/** A new `model.yaml`, where the source had none. */
function fresh({ manifest, engine }: Source, { title, intendedUse, notFor, licence }: Words, name: string): Document {
  const { threads = 1, instances = 1, labels = {}, batching } = manifest;
  return new Document({
    format: 'medserve.model/1',
    name,
    version: '',
    title: title ?? manifest.title ?? name,
    engine,
    threads,
    ...(instances > 1 ? { instances } : {}),
    ...(batching ? { batching } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    intendedUse: intendedUse ?? UNSTATED,
    notFor: notFor ?? UNSTATED,
    licence: licence ?? UNSTATED,
  });
}

/** The source's own `model.yaml`, comments and all, with what was said anew. */
function edited(text: string, words: Words): Document {
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(words)) if (value !== undefined) document.set(key, value);
  return document;
}

/** What the source says about batches, with those put together that the measurement found worth it. */
function measuredBatching({ manifest }: Source, cap: number): Manifest['batching'] {
  const { maxRows = ACCEPTED_ROWS, preferredRows = [], maxDelayMs = 0 } = manifest.batching ?? {};
  const joinedRows = Math.min(maxRows, cap);
  return { maxRows, joinedRows, preferredRows: preferredRows.filter((rows) => rows <= joinedRows), maxDelayMs };
}

/** The text of the `model.yaml` of a published package. */
export function manifestTextOf(source: Source, words: Words, facts: Facts): string {
  const { name, version, files, made, profile, cap } = facts;
  const { manifestText: text } = source;
  const document = text === undefined ? fresh(source, words, name) : edited(text, words);
  document.set('name', name);
  document.set('version', version);
  document.delete('optimised');
  document.delete('profile');
  if (profile.length > 0) {
    document.set('batching', document.createNode(measuredBatching(source, cap), { flow: true }));
    document.set(
      'profile',
      profile.map((time) => document.createNode(time, { flow: true })),
    );
  }
  if (made) document.set('optimised', [document.createNode({ path: made.modelFile, cpu: made.cpu }, { flow: true })]);
  document.set(
    'files',
    files.map((file) => document.createNode(file, { flow: true })),
  );
  return document.toString({ lineWidth: LINE_WIDTH, singleQuote: true });
}
