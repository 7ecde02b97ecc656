import type { BrokenPackage, ModelPackage } from '@medserve/engines';
import { ServingError, toServingError } from '@medserve/errors';
import { NOTHING_KNOWN, reasonOfBroken, type CatalogueEntry } from '@medserve/rpc';
import { compileModel } from '../model/compile-model';
import { SENT_ALONG } from '../settings';
import { languageOf } from './language-of';

/** One version of a model as it was read, with what the catalogue says of it while nothing runs. */
export interface FoundPackage {
  /** Absent: broken. */
  readonly modelPackage: ModelPackage | undefined;
  /** In state `cold` or `broken`. */
  readonly entry: CatalogueEntry;
  /** What logs and metrics call the model. */
  readonly label: string;
  /** Of a version that is served from a local copy: what the repository has in its place, in state `broken`. */
  readonly refusal?: CatalogueEntry | undefined;
}

/** Who stands for a package, and where it was read. */
export type Standing = Pick<CatalogueEntry, 'signer' | 'approver' | 'fromLocalCopy'>;

const NOBODY: Standing = { signer: '', approver: '', fromLocalCopy: false };

export type GoodPackage = FoundPackage & { readonly modelPackage: ModelPackage };

export const isGood = (found: FoundPackage): found is GoodPackage => found.modelPackage !== undefined;

export const keyOf = ({ name, version }: { name: string; version: string }): string => `${name}:${version}`;

function describe({ manifest, serving, digest }: ModelPackage, sentAlong: boolean, standing: Standing): CatalogueEntry {
  const { name, version, title, engine, serves, intendedUse, notFor, licence } = manifest;
  const { inputs, outputs, configJson, maxBatchSize, labels, instances } = serving;
  const language = languageOf(manifest);
  return {
    name,
    version,
    title,
    engine,
    serves,
    intendedUse,
    notFor,
    licence,
    digest,
    state: 'cold',
    reason: '',
    inputs,
    outputs,
    configJson,
    maxBatchSize,
    labels: Object.entries(labels).map(([output, names]) => ({ output, labels: names })),
    // What a router may send at once: of a model that writes, one request for each of its slots.
    instances: language?.generates ? language.slots : instances,
    residentBytes: 0,
    expectedLoadMs: 0,
    untrusted: false,
    sentAlong,
    ...standing,
    language,
  };
}

const labelOf = (name: string, isSent: boolean): string => (isSent ? SENT_ALONG : name);

/** What a package that could be read is in a pod: broken all the same when its recipe, reader or engine is none. */
export function foundPackage(modelPackage: ModelPackage, isSent = false, standing = NOBODY): FoundPackage {
  const entry = describe(modelPackage, isSent, standing);
  const label = labelOf(entry.name, isSent);
  try {
    compileModel(modelPackage);
    return { modelPackage, entry, label };
  } catch (error) {
    const reason = toServingError(error).message;
    return { modelPackage: undefined, entry: { ...entry, state: 'broken', reason }, label };
  }
}

export function brokenPackage(
  { name, version, reason }: BrokenPackage,
  isSent = false,
  untrusted = false,
): FoundPackage {
  return {
    modelPackage: undefined,
    entry: { ...NOTHING_KNOWN, name, version, state: 'broken', reason, untrusted, sentAlong: isSent },
    label: labelOf(name, isSent),
  };
}

/** Whether both are the very same model served in the very same way. */
export function isSamePackage(a: FoundPackage, b: FoundPackage): boolean {
  return (
    a.modelPackage !== undefined &&
    a.modelPackage.digest === b.modelPackage?.digest &&
    JSON.stringify([a.modelPackage.ref, a.modelPackage.serving]) ===
      JSON.stringify([b.modelPackage.ref, b.modelPackage.serving])
  );
}

/** Why what was read is not to be loaded by request; absent: it is as it should be. */
export function refusalOf({ entry, refusal }: FoundPackage): ServingError | undefined {
  const refused = refusal ?? (entry.state === 'broken' ? entry : undefined);
  return refused && new ServingError(reasonOfBroken(refused), refused.reason);
}
