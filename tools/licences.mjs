#!/usr/bin/env node
// `npm run licences`: fails when a production dependency, of any platform, or a library that the console is bundled of, has a licence
// that is not on the list of tools/supply/licences.mjs. The console has to be built. What a licence asks is for people to read; that a new one came in must not be overlooked.
//
//   npm run licences [-- FILE]    a CycloneDX file instead of this project's own bill of materials
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledOf } from './supply/bundled.mjs';
import { problemsOf } from './supply/licences.mjs';
import { billOfMaterials } from './supply/npm.mjs';

const [given] = process.argv.slice(2);
const listed = join(dirname(dirname(fileURLToPath(import.meta.url))), 'apps', 'console', 'dist', '.vite', 'license.md');

function billOfProject() {
  const { components } = billOfMaterials();
  const bundled = bundledOf(readFileSync(listed, 'utf8'));
  if (bundled.length === 0) throw new Error(`${listed} lists nothing: has Vite changed how it writes it?`);
  return { components: [...components, ...bundled] };
}

const bill = given === undefined ? billOfProject() : JSON.parse(readFileSync(given, 'utf8'));
const problems = problemsOf(bill);
for (const problem of problems) console.error(`licence not on the list: ${problem}`);
if (problems.length === 0) console.log(`licences: ${bill.components.length} components, all on the list`);
process.exitCode = problems.length === 0 ? 0 : 1;
