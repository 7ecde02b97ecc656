import { createHash } from 'node:crypto';
import { examCodes } from '../codes/exam';
import { labelSystemOf } from '../codes/systems';
import { fillerNumber, reportId } from '../identity/result-identity';
import type { InteropInput } from '../input';
import { conclusionLines, conclusionText } from '../words/conclusion';
import { reportHtml } from '../words/html';
import { conceptOf, given, narrative, some, startedOf, terminology } from './elements';
import { basedOn, madeStudyOf, madeStudyReference } from './imaging-study';
import { patientReference } from './patient';
import type { Attachment, DiagnosticReport, Observation } from './r4';
import { studyReference } from './references';

/** Under which a result is filed whatever its generation, and the ids of its requests. */
const FILLER = 'urn:medserve:filler';
const RESULT = 'urn:medserve:result';

/** The report of all runs: preliminary, since no person has read it. */
export function diagnosticReportOf(input: InteropInput, top: readonly Observation[]): DiagnosticReport {
  const [first] = input.runs;
  const made = input.context === undefined ? undefined : madeStudyOf(input, input.context);
  return given<DiagnosticReport>({
    resourceType: 'DiagnosticReport',
    id: reportId(input),
    text: narrative(conclusionLines(input)),
    contained: made === undefined ? undefined : [made],
    identifier: [
      { system: FILLER, value: fillerNumber(input) },
      ...input.runs.map(({ requestId }) => ({ system: RESULT, value: requestId })),
    ],
    basedOn: some(basedOn(input.context)),
    status: 'preliminary',
    category: [terminology('v2-0074', 'RAD', 'Radiology')],
    code: conceptOf(examCodes(input), labelSystemOf('procedure'), examCodes(input)[0].display),
    subject: patientReference(input.context),
    effectiveDateTime: input.context === undefined ? undefined : startedOf(input.context.study),
    issued: input.now.toISOString(),
    performer: [{ display: `${input.device.manufacturer} ${input.device.model} (AI)` }],
    result: some(top.map(({ id = '' }) => ({ reference: `Observation/${id}` }))),
    imagingStudy: [
      ...(first === undefined ? [] : [studyReference(input, first)]),
      ...(made === undefined ? [] : [madeStudyReference]),
    ],
    conclusion: conclusionText(input),
    presentedForm: [page(input), ...answerLinks(input)],
  });
}

function page(input: InteropInput): Attachment {
  const bytes = Buffer.from(reportHtml(input), 'utf8');
  return {
    contentType: 'text/html; charset=utf-8',
    language: 'en',
    data: bytes.toString('base64'),
    size: bytes.length,
    hash: createHash('sha1').update(bytes).digest('base64'),
    title: 'AI result',
    creation: input.now.toISOString(),
  };
}

/** Where the answers themselves are read, by who may. */
const answerLinks = ({ runs, baseUrl }: InteropInput): Attachment[] =>
  baseUrl === undefined
    ? []
    : runs.map(({ requestId }) => ({
        contentType: 'application/json',
        url: `${baseUrl}/v1/results/${requestId}`,
        title: 'The answer with its masks and its evidence',
      }));
