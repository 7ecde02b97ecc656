const { rmSync } = require('node:fs');

module.exports = () => {
  // A process that a test ended may still be leaving, and writes its compiled code last.
  const options = { recursive: true, force: true, maxRetries: 10 };
  rmSync(process.env.MEDSERVE_TEST_RUN_DIR, options);
  // What tests left there is memory.
  if (process.env.MEDSERVE_TEST_SCRATCH !== undefined) rmSync(process.env.MEDSERVE_TEST_SCRATCH, options);
};
