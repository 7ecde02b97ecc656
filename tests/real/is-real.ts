/** True under `npm run test:real`, where Kafka and a server PostgreSQL are there. */
export const isReal = (process.env['MEDSERVE_TEST_KAFKA'] ?? '') !== '';

/** `describe` under `npm run test:real`; otherwise its tests are skipped, and their name says why. */
export const describeReal = (name: string, tests: () => void): void => {
  if (isReal) describe(name, tests);
  else {
    describe(name, () => {
      it.skip('needs real servers: npm run test:real', () => undefined);
    });
  }
};
