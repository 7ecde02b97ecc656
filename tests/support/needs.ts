/**
 * A test, or a whole group of them, that needs something which a machine may lack (a privilege, a tool). Where it lacks it, the
 * tests are skipped with the reason in their name and on standard output: loudly, never silently.
 *
 * @param probe resolves where the thing is there, and throws with the reason where it is not; asked once, before any test runs
 */
export function needs(what: string, probe: () => void): (name: string, tests: () => void) => void {
  try {
    probe();
    return describe;
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? '';
    process.stdout.write(`SKIPPED for want of ${what}: ${reason}\n`);
    return (name) => {
      describe(name, () => {
        it.skip(`needs ${what}: ${reason}`, () => undefined);
      });
    };
  }
}
