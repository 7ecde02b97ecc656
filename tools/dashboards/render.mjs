#!/usr/bin/env node
// `npm run dashboards`: writes deploy/grafana/dashboards from deploy/grafana/src. What has no source any more is removed.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { RENDERED, committed, renderings } from './boards.mjs';

mkdirSync(RENDERED, { recursive: true });
const wanted = renderings();
for (const path of committed().keys()) if (!wanted.has(path)) rmSync(path);
for (const [path, text] of wanted) writeFileSync(path, text);
console.log(`dashboards: ${wanted.size} rendered`);
