// A run of Jest whose red files are asked once more, alone (docs/decisions/0042).

/** Above this, something is broken rather than unlucky, and to ask again only keeps people waiting. */
export const MOST_FILES_AGAIN = 3;

/**
 * @typedef {(files: readonly string[]) => Promise<{ code: number, results: object | undefined }>} Run
 *   Jest on these files, where none are named on all: its exit status, and what `--json` wrote
 * @typedef {{ isGreen: boolean, passed: number, failed: number, skipped: number }} Verdict in tests
 */

/**
 * Runs, and then once more the files that failed, if they are few. What a file says last counts.
 *
 * @param {Run} run
 * @param {(text: string) => void} say
 * @returns {Promise<Verdict>}
 */
export async function runAndAskAgain(run, say) {
  const first = await run([]);
  const red = filesOf(first.results).flatMap(({ status, name }) => (status === 'failed' ? [name] : []));
  if (first.code === 0 || red.length === 0 || red.length > MOST_FILES_AGAIN) return verdict(first);
  say(`\n=== once more, alone: ${red.join(' ')}`);
  const second = await run(red);
  say(second.code === 0 ? `=== red, then green: ${red.join(' ')}` : '=== red twice');
  const again = new Map(filesOf(second.results).map((file) => [file.name, file]));
  // A file that the second run did not come to is as red as it was.
  const testResults = filesOf(first.results).map((file) => again.get(file.name) ?? file);
  return verdict({ code: second.code, results: { testResults } });
}

/**
 * @param {Run} run
 * @returns {Promise<Verdict>}
 */
export const once = async (run) => verdict(await run([]));

const filesOf = (results) => results?.testResults ?? [];

/** Without results, without a test that passed, or with a file that could not be run at all, nothing is green. */
function verdict({ code, results }) {
  const files = filesOf(results);
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (wanted) => tests.filter(({ status }) => status === wanted).length;
  const broken = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const passed = count('passed');
  const failed = results === undefined ? 1 : count('failed') + broken;
  return { isGreen: code === 0 && failed === 0 && passed > 0, passed, failed, skipped: count('pending') };
}
