#!/usr/bin/env node
// `npm run sbom`: the bill of materials of a production install, as CycloneDX.
//
//   npm run sbom [-- FILE]    default: dist/sbom.cdx.json
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { billOfMaterials, ROOT } from './supply/npm.mjs';

const [given] = process.argv.slice(2);
const file = given === undefined ? join(ROOT, 'dist', 'sbom.cdx.json') : resolve(given);
const bill = billOfMaterials();
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
console.log(`sbom: ${bill.components.length} components, CycloneDX ${bill.specVersion}, in ${file}`);
