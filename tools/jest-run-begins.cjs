const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { scratchInMemory } = require('./test-scratch.cjs');

/* What the files of one run share, whichever worker they run in: a folder, and the compiled code of the processes that they start. */
module.exports = () => {
  const scratch = scratchInMemory();
  if (scratch !== undefined) {
    process.env.TMPDIR = scratch;
    process.env.MEDSERVE_TEST_SCRATCH = scratch;
  }
  const folder = mkdtempSync(join(tmpdir(), 'medserve-test-run-'));
  process.env.MEDSERVE_TEST_RUN_DIR = folder;
  process.env.NODE_COMPILE_CACHE = join(folder, 'code');
};
