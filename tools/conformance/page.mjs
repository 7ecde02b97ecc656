// The conformance statement as it is committed.
import { laidOut } from '../docs/laid-out.mjs';
import { readFacts } from './facts.mjs';
import { statementOf } from './statement.mjs';

export const STATEMENT = 'docs/dicom-conformance.md';

/** @param {string} root the project's root, its dist/ up to date */
export const conformanceStatement = async (root) => laidOut(statementOf(await readFacts(root)));
