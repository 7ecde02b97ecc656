const GRAVE = ['high', 'critical'];

/**
 * What an answer of `npm audit --json` says: `clean`, `vulnerable` with the packages, or `unasked` when the registry did not answer:
 * that is neither good nor bad news.
 */
export function verdictOf(stdout) {
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    return { kind: 'unasked', why: 'npm gave no answer that can be read' };
  }
  const counts = answer.metadata?.vulnerabilities;
  if (counts === undefined || answer.error !== undefined) {
    return { kind: 'unasked', why: answer.message ?? answer.error?.summary ?? 'the registry gave no answer' };
  }
  if (GRAVE.every((severity) => (counts[severity] ?? 0) === 0)) return { kind: 'clean' };
  const packages = Object.values(answer.vulnerabilities ?? {})
    .filter(({ severity }) => GRAVE.includes(severity))
    .map(({ name, severity, range }) => `${name} ${range}: ${severity}`);
  return { kind: 'vulnerable', packages };
}
