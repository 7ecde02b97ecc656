// The conformance statement as it is committed.
import { format } from 'prettier';
import { readFacts } from './facts.mjs';
import { statementOf } from './statement.mjs';

export const STATEMENT = 'docs/dicom-conformance.md';

/** @param {string} root the project's root, its dist/ up to date */
export const conformanceStatement = async (root) =>
  format(statementOf(await readFacts(root)), { parser: 'markdown', printWidth: 120 });
