import type { Coded } from '@medserve/clinical';
import { CERTAINTY, codingSystemOf, IMPRESSION_TEXT } from '../codes/systems';
import { unitOf } from '../codes/units';
import { observationSubId } from '../identity/result-identity';
import type { InteropInput, InteropRun } from '../input';
import type { Detail, Statement, Value } from '../statements/statement';
import { statementsOf } from '../statements/statements-of';
import { percent } from '../statements/percent';
import { conclusionLines } from '../words/conclusion';
import { decimal } from '../statements/in-words';
import { sourceDetails } from '../words/source';
import { reportHtml } from '../words/html';
import { segment, type Field } from './segment';

/** One OBX before it has its number. */
interface Line {
  readonly code: Coded;
  /** OBX-4: what belongs together has the same, in every generation. */
  readonly group: string;
  readonly value: Value | { readonly kind: 'html'; readonly base64: string };
  /** Who says so: EI of OBX-18. */
  readonly device?: readonly string[];
}

/** HL7's word for a value that is empty and not missing. */
const EMPTY = '""';

const REPORT_PAGE: Coded = { code: 'report', display: 'AI result as a page' };

/**
 * The OBX segments: every statement with what is said beside it, then the conclusion in lines, then the whole as a page.
 *
 * @param status `P` of the first, `C` of what corrects it
 */
export function obxSegments(input: InteropInput, status: 'P' | 'C'): string[] {
  const at = input.runs.flatMap((run) => ofRun(input, run));
  const conclusion = conclusionLines(input).map((text): Line => ({
    code: IMPRESSION_TEXT,
    group: '',
    value: { kind: 'text', text },
  }));
  const page = Buffer.from(reportHtml(input)).toString('base64');
  const lines = [
    ...at,
    ...conclusion,
    { code: REPORT_PAGE, group: '', value: { kind: 'html', base64: page } } as const,
  ];
  return lines.map((line, index) => obx(line, index + 1, status));
}

function ofRun(input: InteropInput, run: InteropRun): Line[] {
  const { name, version } = run.document.provenance.model;
  const device = [`${name}:${version}`, 'MEDSERVE'];
  const ofMembers = (top: Statement, { members = [] }: Statement): Line[] =>
    members.flatMap((member) => [
      ...linesOf(member, observationSubId(input, run, top, member), device),
      ...ofMembers(top, member),
    ]);
  return statementsOf(run.document).flatMap((statement) => [
    ...linesOf(statement, observationSubId(input, run, statement), device, sourceDetails(run)),
    ...ofMembers(statement, statement),
  ]);
}

/** @param source of what images it is said; members are about what their statement is about */
function linesOf(
  statement: Statement,
  group: string,
  device: readonly string[],
  source: readonly Detail[] = [],
): Line[] {
  const { code, value, certainty, details = [], notes = [] } = statement;
  const sure: Detail[] = certainty === undefined ? [] : [{ code: CERTAINTY, value: percent(certainty) }];
  const said = [{ code, value }, ...sure, ...details, ...source].filter((line) => line.value.kind !== 'group');
  const noted = notes.map((text) => ({ code, value: { kind: 'text', text } as const }));
  return [...said, ...noted].map((line): Line => ({ ...line, group, device }));
}

function obx({ code, group, value, device }: Line, number: number, status: 'P' | 'C'): string {
  const { type, field, unit } = typed(value);
  const equipment =
    device === undefined ? [] : [undefined, undefined, undefined, undefined, undefined, undefined, device];
  return segment('OBX', [
    String(number),
    type,
    cwe(code),
    group,
    field,
    unit,
    undefined,
    undefined,
    undefined,
    undefined,
    status,
    ...equipment,
  ]);
}

/** A coded element (CWE): code, words, system. */
const cwe = ({ code, display, system }: Coded): Field => [code, display, codingSystemOf(system)];

function typed(value: Line['value']): { readonly type: string; readonly field: Field; readonly unit?: Field } {
  switch (value.kind) {
    case 'coded':
      return { type: 'CWE', field: { repeated: value.codes.map((one) => withText(cwe(one), value.text)) } };
    case 'quantity':
      return { type: 'NM', field: decimal(value.value), unit: cwe(unitOf(value.unit)) };
    case 'text':
      return { type: 'TX', field: value.text.trim() === '' ? EMPTY : linesOfText(value.text) };
    case 'abstained':
      return { type: 'TX', field: 'The AI model abstained: left to a person.' };
    case 'group':
      return { type: 'TX', field: EMPTY };
    case 'html':
      return { type: 'ED', field: [undefined, 'TEXT', 'HTML', 'Base64', value.base64] };
  }
}

/** The repetitions of a TX are the lines that a receiver shows (HL7 2.5.1, 2.A.79). */
const linesOfText = (text: string): Field => {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.length === 1 ? text : { repeated: lines };
};

/** CWE-9: the words in which it was said. */
const withText = (coded: Field, text: string | undefined): Field =>
  text === undefined || !Array.isArray(coded)
    ? coded
    : [...(coded as readonly string[]), undefined, undefined, undefined, undefined, undefined, text];
