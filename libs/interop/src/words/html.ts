import type { InteropInput, InteropRun } from '../input';
import { statementsOf } from '../statements/statements-of';
import { conclusionLines } from './conclusion';
import { valueInWords } from '../statements/in-words';
import { titleOf } from './source';
import type { Statement } from '../statements/statement';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML and XML: markup is shown, not obeyed; characters that no XML may hold are left out. */
const escaped = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');

/** The same with its lines on lines of their own. */
const linedUp = (text: string): string => escaped(text).replace(/\r\n|[\n\r]/g, '<br/>');

/** A narrative of FHIR: XHTML of its small subset, from lines of plain text. */
export const narrativeDiv = (lines: readonly string[]): string =>
  `<div xmlns="http://www.w3.org/1999/xhtml">${lines.map((line) => `<p>${linedUp(line)}</p>`).join('')}</div>`;

/** The whole result as a page of its own: no script, nothing from elsewhere. */
export function reportHtml(input: InteropInput): string {
  const [warning = '', ...lines] = conclusionLines(input);
  const rows = input.runs.flatMap((run) => [
    ...headOf(input, run),
    ...statementsOf(run.document).flatMap((statement) => rowsOf(statement)),
  ]);
  return [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>AI result</title></head><body>',
    `<h1>AI result</h1><p><strong>${escaped(warning)}</strong></p>`,
    ...lines.map((line) => `<p>${linedUp(line)}</p>`),
    '<table><thead><tr><th>What</th><th>Value</th><th>Certainty</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table></body></html>',
  ].join('\n');
}

/** Where several runs say something, which of them does. */
const headOf = (input: InteropInput, run: InteropRun): string[] =>
  input.runs.length === 1 ? [] : [`<tr><th colspan="3">${escaped(titleOf(input, run))}</th></tr>`];

function rowsOf(statement: Statement): string[] {
  const { code, value, certainty, members = [], details = [], notes = [] } = statement;
  const beside = details.map((detail) => `${detail.code.display}: ${valueInWords(detail.value)}`);
  const what = [valueInWords(value), ...beside, ...notes].map(linedUp).join('<br/>');
  const sure = certainty === undefined ? '' : `${String(Math.round(certainty * 1000) / 10)} %`;
  const own = `<tr><td>${escaped(code.display)}</td><td>${what}</td><td>${sure}</td></tr>`;
  return [own, ...members.flatMap((member) => rowsOf(member))];
}
