import type { DataSetOut } from '../../dicom/write/element';
import { uidFrom } from '../../dicom/write/write-part10';
import { dataSetOf, lineOf } from '../common/data-set-of';
import { PRIVATE_SCHEME, type Code } from './code';

/** The item of a code sequence. A value of more than 16 characters is a long one (PS3.3 table 8.8-1). */
export function codeItem({ value, scheme, meaning }: Code): DataSetOut {
  const code = lineOf(value, 256);
  return dataSetOf({
    [Array.from(code).length > 16 ? 'LongCodeValue' : 'CodeValue']: code,
    CodingSchemeDesignator: scheme,
    CodeMeaning: lineOf(meaning) || code.slice(0, 64),
  });
}

/** What our private designator stands for (PS3.3 C.12.1.1.14). */
export const codingSchemes = (): DataSetOut =>
  dataSetOf({
    CodingSchemeIdentificationSequence: [
      dataSetOf({
        CodingSchemeDesignator: PRIVATE_SCHEME,
        CodingSchemeUID: uidFrom('medserve', 'coding scheme'),
        CodingSchemeName: 'MedServe: labels of models and what is said of their answers',
        CodingSchemeResponsibleOrganization: 'MedServe',
      }),
    ],
  });
