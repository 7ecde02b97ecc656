#!/usr/bin/env node
// Writes the data dictionary of libs/imaging anew, after dcmjs was brought up to date. A spec beside it sees that it was done.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATED, renderAttributes } from './attributes.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
writeFileSync(join(root, GENERATED), renderAttributes());
