const { rmSync } = require('node:fs');

module.exports = () => {
  // A process that a test ended may still be leaving, and writes its compiled code last.
  rmSync(process.env.MEDSERVE_TEST_RUN_DIR, { recursive: true, force: true, maxRetries: 10 });
};
