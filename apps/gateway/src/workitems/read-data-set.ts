import { ServingError } from '@medserve/errors';
import { attributeOf } from '@medserve/imaging';
import type { WorkitemDataSet } from '@medserve/studies';
import { parseMediaTypes } from '../dicomweb/media/media-type';

/** Of a workitem, as JSON, in bytes: it names instances and holds none. */
export const WORKITEM_BYTES = 4 * 1024 * 1024;
const DEPTH = 8;
const ELEMENTS = 200_000;

const TAG = /^[0-9A-Fa-f]{8}$/;
const VR = /^[A-Z]{2}$/;
const MEMBERS: ReadonlySet<string> = new Set(['vr', 'Value', 'InlineBinary']);

const bad = (detail: string, field?: string): ServingError => new ServingError('invalid_request', detail, { field });

/**
 * The payload of a UPS-RS request: one data set in the DICOM JSON model (PS3.18 F.2), alone or as the only one of an array.
 *
 * @throws ServingError `unsupported_media`, `invalid_request`
 */
export function readDataSet(contentType: string | undefined, body: unknown): WorkitemDataSet {
  const [type] = parseMediaTypes(contentType ?? '') ?? [];
  if (type?.essence !== 'application/dicom+json' && type?.essence !== 'application/json') {
    throw new ServingError('unsupported_media', 'Workitems are taken as application/dicom+json only.', {
      field: 'Content-Type',
      remedy: 'Send the data set in the DICOM JSON model, as application/dicom+json.',
    });
  }
  if (!Buffer.isBuffer(body) || body.length === 0) throw bad('There is no body.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw bad('The body is no JSON.');
  }
  const [dataSet, ...more] = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  if (more.length > 0) throw bad('The body has more than one data set.');
  const count = { elements: 0 };
  return checked(dataSet, '', 0, count);
}

/** In capitals, and in the form of the model. */
function checked(value: unknown, path: string, depth: number, count: { elements: number }): WorkitemDataSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('There is no data set.', path);
  if (depth > DEPTH) throw bad(`Sequences are nested more than ${String(DEPTH)} deep.`, path);
  const entries = Object.entries(value).map(([name, element]) => {
    const tag = name.toUpperCase();
    const field = path === '' ? tag : `${path}.${tag}`;
    if (!TAG.test(name)) throw bad('A member of the data set is no tag of eight hexadecimal digits.', path);
    count.elements += 1;
    if (count.elements > ELEMENTS) throw bad('The data set has too many elements.');
    return [tag, checkedElement(tag, element, field, depth, count)] as const;
  });
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function checkedElement(tag: string, element: unknown, field: string, depth: number, count: { elements: number }) {
  if (typeof element !== 'object' || element === null) throw bad('An element is no object.', field);
  const { vr, Value, ...rest } = element as { vr?: unknown; Value?: unknown };
  const known = attributeOf(Number.parseInt(tag, 16))?.vr;
  if (typeof vr !== 'string' || !VR.test(vr)) throw bad('An element has no "vr" of two letters.', field);
  if (known !== undefined && (known === 'SQ') !== (vr === 'SQ'))
    throw bad('The "vr" is not that of the attribute.', field);
  if (Object.keys(rest).some((name) => !MEMBERS.has(name))) throw bad('Values are taken in the data set only.', field);
  if (Value === undefined) return { vr, ...rest };
  if (!Array.isArray(Value)) throw bad('"Value" is no array.', field);
  if (vr === 'SQ') return { vr, Value: Value.map((item) => checked(item, field, depth + 1, count)) };
  for (const value of Value as unknown[]) {
    const isPlain = value === null || typeof value === 'string' || typeof value === 'number';
    if (vr === 'PN' ? typeof value !== 'object' && typeof value !== 'string' : !isPlain) {
      throw bad('A value is not of the form of its "vr".', field);
    }
  }
  return { vr, Value: Value as unknown[], ...rest };
}
