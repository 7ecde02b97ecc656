import type { Answer, AnswerDocument, SliceSource } from '@medserve/clinical';
import { dicomFile, image, type DicomItem } from './build-dicom';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

/** A CT slice of 16 bits with patient, study and a place in space, with any attribute replaced or added. */
export function ctSlice(index: number, rows: number, columns: number, more: DicomItem = {}): Buffer {
  const pixels = Uint16Array.from({ length: rows * columns }, (_, at) => (at * 7 + index * 40) % 1000);
  return dicomFile(
    image(rows, columns, {
      0x00080016: ['UI', CT_IMAGE],
      0x00080018: ['UI', `1.2.3.4.5.${String(index + 1)}`],
      0x00080020: ['DA', '20260102'],
      0x00080030: ['TM', '101112'],
      0x00080050: ['SH', 'ACC1'],
      0x00080060: ['CS', 'CT'],
      0x00080090: ['PN', 'Refer^Ring'],
      0x00100010: ['PN', 'Doe^Jane'],
      0x00100020: ['LO', 'ID1'],
      0x00100030: ['DA', '19700101'],
      0x00100040: ['CS', 'F'],
      0x00180015: ['CS', 'HEAD'],
      0x00180050: ['DS', '2'],
      0x0020000d: ['UI', '1.2.3.4.6'],
      0x0020000e: ['UI', '1.2.3.4.7'],
      0x00200010: ['SH', 'S1'],
      0x00200013: ['IS', String(index + 1)],
      0x00200032: ['DS', `-10\\-20\\${String(2 * index)}`],
      0x00200037: ['DS', '1\\0\\0\\0\\1\\0'],
      0x00200052: ['UI', '1.2.3.4.8'],
      0x00280030: ['DS', '0.5\\0.5'],
      0x00281050: ['DS', '500'],
      0x00281051: ['DS', '1000'],
      0x7fe00010: ['OW', Buffer.from(pixels.buffer)],
      ...more,
    }),
  );
}

/** The document of an answer to so many files. */
export function answerDocument(answer: Answer, files: number, slices?: readonly SliceSource[]): AnswerDocument {
  return {
    id: 'a-request',
    status: 'completed',
    task: 'segment',
    modality: { declared: null, detected: null, source: 'header', served: 'ct3d', detail: {} },
    answer,
    confidence: {},
    decision: 'answered',
    warnings: [],
    evidence: [],
    provenance: {
      model: { name: 'ct-regions', version: '1', digest: `sha256:${'ab'.repeat(32)}` },
      engine: 'onnx',
      inputs: Array.from({ length: files }, () => ({ sha256: '00'.repeat(32), kind: 'dicom', bytes: 1 })),
      ...(slices === undefined ? {} : { slices }),
      record: { accepted: 'r1', completed: 'r2' },
      timings: {},
    },
  };
}

/** The run lengths of a rectangle. */
export function rectangle(
  grid: { readonly rows: number; readonly columns: number },
  at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): number[] {
  const counts: number[] = [];
  let told = 0;
  for (let row = at.y; row < at.y + at.height; row += 1) {
    const start = row * grid.columns + at.x;
    counts.push(start - told, at.width);
    told = start + at.width;
  }
  return [...counts, grid.rows * grid.columns - told];
}
