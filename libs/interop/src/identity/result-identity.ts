import type { InteropInput, InteropRun } from '../input';
import type { Statement } from '../statements/statement';
import { uidOf, uuidOf } from './derived-ids';

/**
 * What stands for a run in every generation: the study, and the name of the run, which says of which images it is; where it has none, what
 * was asked of which model about which image or series; the request alone where no study is known.
 */
function lineageOf({ context }: InteropInput, run: InteropRun): [string, string, ...string[]] {
  const { requestId, name, document, series = [] } = run;
  if (context === undefined) return [requestId, ''];
  if (name !== undefined) return [context.study.uid, name];
  const [one, ...others] = series;
  const asked = `${document.task}/${document.provenance.model.name}`;
  if (one === undefined || others.length > 0) return [context.study.uid, asked];
  const [image, ...more] = one.instances;
  return [context.study.uid, asked, image === undefined || more.length > 0 ? one.uid : image.sopInstanceUid];
}

/**
 * Tracks what is said of one thing from a generation to the next, as a DICOM UID. Of the same finding the structured report and the
 * segmentation have the same one: it is made of the same words there (libs/imaging/src/objects/findings/namer.ts).
 */
export const trackingUid = (input: InteropInput, run: InteropRun, { key, count = 1 }: Statement): string =>
  uidOf('tracking', ...lineageOf(input, run), key, String(count));

/**
 * OBX-4 of a statement, and of its members behind a point: at most 20 characters (HL7 2.5.1, 7.4.2.4), made of the tracking UID and not of
 * the place in the message, since a receiver finds what a correction is about by OBX-3 and OBX-4.
 */
export function observationSubId(input: InteropInput, run: InteropRun, top: Statement, member?: Statement): string {
  const word = (statement: Statement): string => uuidOf('sub-id', trackingUid(input, run, statement)).replace('-', '');
  const own = word(top).slice(0, 10);
  return (member === undefined ? own : `${own}.${word(member).slice(0, 8)}`).toUpperCase();
}

/**
 * The number under which the whole result is filed (HL7's filler order number): the same for every generation, 22 characters of
 * digits and capitals. What routes made of a study is one result, whichever of its runs had an answer this time.
 */
export function fillerNumber(input: InteropInput): string {
  const { context, runs, isPart = false } = input;
  const isWhole = !isPart && context !== undefined && runs.every(({ name }) => name !== undefined);
  const words = isWhole ? [context.study.uid] : runs.map((run) => JSON.stringify(lineageOf(input, run))).sort();
  const hex = uuidOf('filler', ...words).replaceAll('-', '');
  return `MS${hex.slice(0, 20).toUpperCase()}`;
}

/** Of the report: the request's own id where there is one request, so that who has the one has the other. */
export const reportId = (input: InteropInput): string => {
  const [first, ...others] = input.runs;
  return first !== undefined && others.length === 0 ? first.requestId : uuidOf('report', fillerNumber(input));
};
