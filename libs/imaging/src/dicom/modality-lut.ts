import type { Samples } from '@medserve/clinical';
import { unreadable } from '../refuse';
import type { DataSet } from './data-set';
import { readLookupTable, type LookupTable } from './lookup-table';
import { TAG } from './tags';
import type { StoredSamples } from './unpack-samples';

/** A table from stored values to values with a meaning (PS3.3 C.11.1, Modality LUT). */
export interface ModalityLut extends LookupTable {
  /** `HU`, `OD`; absent where the table names none, or says that it is unspecified. */
  readonly unit?: string;
}

/**
 * The table of an object that has one: in place of slope and intercept, never beside them.
 *
 * @throws ServingError `unreadable_image` for a table that is shorter than it says
 */
export function readModalityLut(dataSet: DataSet, signed: boolean): ModalityLut | undefined {
  const [item] = dataSet.items(TAG.modalityLutSequence);
  if (item === undefined) return undefined;
  const table = readLookupTable(item, signed);
  if (table === undefined)
    throw unreadable('The table of its values (Modality LUT) is not whole, or shorter than it says.');
  const unit = item.code(TAG.modalityLutType);
  return {
    ...table,
    ...(unit === undefined || unit === 'US' ? {} : { unit }),
  };
}

/** Stored values by the table. */
export function applyModalityLut(samples: Samples, { first, entries }: ModalityLut): StoredSamples {
  const last = entries.length - 1;
  const out = new Uint16Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) {
    const entry = (samples[index] as number) - first;
    out[index] = entries[entry < 0 ? 0 : entry > last ? last : entry] as number;
  }
  return { samples: out, sampleType: 'uint16' };
}
