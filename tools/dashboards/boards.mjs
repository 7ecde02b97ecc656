// The dashboards' TypeScript, made ready to run: deploy/grafana/src -> deploy/grafana/dist, by the transformation of tools/build.mjs.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { transformFileSync } from '@swc/core';
import { ROOT } from '../real/cache.mjs';

const FROM = join(ROOT, 'deploy', 'grafana', 'src');
const TO = join(ROOT, 'deploy', 'grafana', 'dist');
export const RENDERED = join(ROOT, 'deploy', 'grafana', 'dashboards');

const OPTIONS = {
  cwd: ROOT,
  swcrc: false,
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
  module: { type: 'commonjs' },
};

function emit() {
  rmSync(TO, { recursive: true, force: true });
  for (const entry of readdirSync(FROM, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.spec.ts')) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(TO, relative(FROM, source)).replace(/\.ts$/, '.js');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, transformFileSync(source, OPTIONS).code);
  }
}

/** Every dashboard as its file is to be, by path. */
export function renderings() {
  emit();
  const { dashboards } = createRequire(import.meta.url)(join(TO, 'index.js'));
  return new Map(
    Object.entries(dashboards()).map(([name, dashboard]) => [
      join(RENDERED, `${name}.json`),
      `${JSON.stringify(dashboard, undefined, 2)}\n`,
    ]),
  );
}

/** The committed dashboards, by path. */
export function committed() {
  const names = readdirSync(RENDERED).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [join(RENDERED, name), readFileSync(join(RENDERED, name), 'utf8')]));
}
