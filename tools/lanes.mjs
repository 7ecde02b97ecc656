// The steps of `npm run check`, and how they are run beside one another.

/** Scripts of package.json, a list a lane; the lanes take about as long. In a lane, each may use what the ones before it made. */
export const LANES = [
  ['lint', 'depcruise', 'exports:check'],
  [
    'format:check',
    'build',
    'console:budget',
    'manifests:check',
    'dashboards:check',
    'docs:check',
    'licences',
    'audit',
    'types',
  ],
];

/**
 * Runs lanes side by side and the steps of each one after the other.
 *
 * @param {readonly (readonly string[])[]} lanes names of steps
 * @param {(step: string) => Promise<boolean>} run one step; whether it holds
 * @returns {Promise<string[]>} the steps that failed: one a lane at most, and after the first no step begins
 */
export async function runLanes(lanes, run) {
  const failed = [];
  await Promise.all(
    lanes.map(async (steps) => {
      for (const step of steps) {
        if (failed.length > 0) return;
        if (!(await run(step))) failed.push(step);
      }
    }),
  );
  return failed;
}
