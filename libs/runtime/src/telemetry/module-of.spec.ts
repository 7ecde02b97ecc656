import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moduleOf } from './module-of';

describe('the module that a line of a stack points into', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-module-of-'));
  const bundle = join(folder, 'part-1.js');
  const entry = join(folder, 'entry.js');
  const plain = join(folder, 'plain.js');
  writeFileSync(
    bundle,
    ["'use strict';", '// libs/a.js', 'one', '\t// c.js', '// apps/b.js', 'two', 'three'].join('\n'),
  );
  writeFileSync(entry, '// apps/b.js\ntwo\n');
  writeFileSync(plain, 'nothing of it\n');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['the last one that began before it', `at infer (${bundle}:6:3)`, 'apps/b.js'],
    ['the one whose first line it is', `at ${bundle}:5:1`, 'apps/b.js'],
    ['the one before', `at Object.<anonymous> (${bundle}:3:1)`, 'libs/a.js'],
    ['none before the first', `at ${bundle}:1:1`, undefined],
    ['none of a file that is no bundle', `at infer (${plain}:1:1)`, undefined],
    ['none of a file that is gone', `at infer (${join(folder, 'gone.js')}:1:1)`, undefined],
    [
      'none of what Node itself does',
      'at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
      undefined,
    ],
    ['none of a file that was written since the start', `at ${entry}:2:1`, undefined],
    ['none of what is no frame', 'at nowhere', undefined],
  ])('is %s', (_which, frame, module) => {
    expect(moduleOf(frame)).toBe(module);
  });
});
