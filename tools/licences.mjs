#!/usr/bin/env node
// `npm run licences`: fails when a production dependency, of any platform, has a licence that is not on the list of
// tools/supply/licences.mjs. What a licence asks is for people to read; that a new one came in must not be overlooked.
//
//   npm run licences [-- FILE]    a CycloneDX file instead of this project's own bill of materials
import { readFileSync } from 'node:fs';
import { problemsOf } from './supply/licences.mjs';
import { billOfMaterials } from './supply/npm.mjs';

const [given] = process.argv.slice(2);
const bill = given === undefined ? billOfMaterials() : JSON.parse(readFileSync(given, 'utf8'));
const problems = problemsOf(bill);
for (const problem of problems) console.error(`licence not on the list: ${problem}`);
if (problems.length === 0) console.log(`licences: ${bill.components.length} components, all on the list`);
process.exitCode = problems.length === 0 ? 0 : 1;
