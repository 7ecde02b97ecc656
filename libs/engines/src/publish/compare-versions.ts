import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyTensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { Session } from '../engine';
import { ENGINES } from '../engines';
import { loadPackage } from '../repository/load-package';
import { loadSpecOf } from '../packages/load-spec-of';
import type { ModelPackage } from '../packages/model-package';
import { compare, type OutputParity } from './compare';
import { canBeRandom, randomFeeds } from './random-feeds';

export interface ParityReport {
  readonly model: string;
  readonly version: string;
  readonly digest: string;
  readonly comparedWith: string;
  readonly comparedDigest: string;
  /** `random`: numbers without a meaning, which show that two versions compute the same, not how well. */
  readonly inputs: 'given' | 'random';
  readonly outputs: readonly OutputParity[];
}

export interface CompareOrder {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  readonly with: string;
  /** Absent: random ones. */
  readonly feeds?: readonly AnyTensor[] | undefined;
}

const RANDOM_ROWS = 16;

async function open({ repository, name }: CompareOrder, version: string): Promise<[ModelPackage, Session]> {
  const modelPackage = await loadPackage({ layout: 'medserve', folder: join(repository, name, version) });
  const engine = ENGINES.get(modelPackage.manifest.engine);
  if (!engine) throw new ServingError('model_broken', `There is no engine "${modelPackage.manifest.engine}".`);
  return [modelPackage, await engine.load(loadSpecOf(modelPackage), new AbortController().signal)];
}

/**
 * Runs two published versions of a model on the same inputs, and writes what they differ in beside the first:
 * `parity-with-<version>.json`.
 *
 * @throws ServingError `invalid_request` when they do not take and give the same, or when there are no inputs to be had
 */
export async function compareVersions(order: CompareOrder): Promise<ParityReport> {
  const [one, session] = await open(order, order.version);
  const [other, otherSession] = await open(order, order.with);
  try {
    if (!order.feeds && !canBeRandom(session.inputs)) {
      throw new ServingError(
        'invalid_request',
        'The inputs of the model may have any size, or are texts: give some with --input.',
      );
    }
    const feeds = order.feeds ?? randomFeeds(session.inputs, RANDOM_ROWS);
    const report: ParityReport = {
      model: order.name,
      version: order.version,
      digest: one.digest,
      comparedWith: order.with,
      comparedDigest: other.digest,
      inputs: order.feeds ? 'given' : 'random',
      outputs: await compare(session, otherSession, feeds),
    };
    await writeFile(join(one.folder, `parity-with-${order.with}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
    return report;
  } finally {
    await session.close();
    await otherSession.close();
  }
}
