const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/* What the files of one run share, whichever worker they run in: a folder, and the compiled code of the processes that they start. */
module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-test-run-'));
  process.env.MEDSERVE_TEST_RUN_DIR = folder;
  process.env.NODE_COMPILE_CACHE = join(folder, 'code');
};
