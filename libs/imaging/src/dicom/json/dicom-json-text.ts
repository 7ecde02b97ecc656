import type { DicomJson, DicomJsonElement } from './dicom-json';

/**
 * A data set of the DICOM JSON model as text, its attributes in ascending order (PS3.18 F.2.2). `JSON.stringify` does not keep them so:
 * JavaScript puts names that are whole numbers first, as `60003000`.
 */
export const dicomJsonText = (dataSet: DicomJson): string =>
  `{${inOrder(dataSet)
    .map(([tag, element]) => `"${tag}":${elementText(element)}`)
    .join(',')}}`;

/** Tags and elements in ascending order, which no object can have. */
export const inOrder = (dataSet: DicomJson): [tag: string, element: DicomJsonElement][] =>
  Object.entries(dataSet).sort(([one], [other]) => (one < other ? -1 : 1));

function elementText(element: DicomJsonElement): string {
  if (element.vr !== 'SQ' || element.Value === undefined) return JSON.stringify(element);
  const items = element.Value.map((item) => dicomJsonText((item ?? {}) as DicomJson));
  return `{"vr":"SQ","Value":[${items.join(',')}]}`;
}
