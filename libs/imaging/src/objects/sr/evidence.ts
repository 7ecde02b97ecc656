import type { DataSetOut } from '../../dicom/write/element';
import { dataSetOf } from '../common/data-set-of';

export interface Evidence {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** Objects by study and series (Hierarchical SOP Instance Reference, PS3.3 table 10-3), each once. */
export function hierarchyOf(objects: readonly Evidence[]): DataSetOut[] {
  const studies = new Map<string, Map<string, Map<string, string>>>();
  for (const { studyUid, seriesUid, sopClassUid, sopInstanceUid } of objects) {
    const study = ensured(studies, studyUid, () => new Map<string, Map<string, string>>());
    ensured(study, seriesUid, () => new Map<string, string>()).set(sopInstanceUid, sopClassUid);
  }
  return [...studies].map(([studyUid, series]) =>
    dataSetOf({
      StudyInstanceUID: studyUid,
      ReferencedSeriesSequence: [...series].map(([seriesUid, instances]) =>
        dataSetOf({ SeriesInstanceUID: seriesUid, ReferencedSOPSequence: [...instances].map(referenced) }),
      ),
    }),
  );
}

const referenced = ([sopInstanceUid, sopClassUid]: readonly [string, string]): DataSetOut =>
  dataSetOf({ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid });

function ensured<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
