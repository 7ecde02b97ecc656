/* Ends a run with the plain line that says whether anything was tested at all. */
module.exports = class {
  onRunComplete(_contexts, results) {
    const {
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped,
      numRuntimeErrorTestSuites: broken,
    } = results;
    console.log(`${passed} passed, ${failed + broken} failed, ${skipped} skipped`);
  }
};
