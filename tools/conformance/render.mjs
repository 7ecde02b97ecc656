#!/usr/bin/env node
// `npm run conformance`: writes the DICOM conformance statement from the tables of the code.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../build.mjs';
import { STATEMENT, conformanceStatement } from './page.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
build();
writeFileSync(join(root, STATEMENT), await conformanceStatement(root));
