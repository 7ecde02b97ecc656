// What the product itself says of its scripts, its command, its errors, its metrics and its conformance to DICOM.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { conformanceStatement } from '../conformance/page.mjs';

const require = createRequire(import.meta.url);

/** @param {string} root the project's root, its dist/ up to date */
export async function readProduct(root) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { program } = require(join(root, 'apps/cli/dist/program.js'));
  const { REASONS, ServingError } = require(join(root, 'libs/errors/dist/index.js'));
  const { noopInstruments } = require(join(root, 'libs/runtime/dist/index.js'));
  const { toProblem } = require(join(root, 'apps/gateway/dist/http/problem.js'));
  return {
    scripts: new Set(Object.keys(scripts)),
    command: await program(),
    metrics: noopInstruments().declared(),
    /** The DICOM conformance statement as it has to be. */
    conformance: () => conformanceStatement(root),
    /** As the HTTP door spells each reason when the thrower has nothing better to say. */
    errors: Object.keys(REASONS).map((reason) => {
      const { code, status, title, remedy } = toProblem(new ServingError(reason, ''), '');
      return { code, status, title, remedy };
    }),
  };
}
