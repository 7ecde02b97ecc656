const { rmSync } = require('node:fs');

module.exports = () => {
  const { MEDSERVE_TEST_SCRATCH: scratch, MEDSERVE_TEST_RUN_DIR: folder } = process.env;
  // A process that a test ended may still be leaving, and writes its compiled code last.
  rmSync(scratch ?? folder, { recursive: true, force: true, maxRetries: 10 });
};
