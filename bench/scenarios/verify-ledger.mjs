import { generateKeyPairSync, hash } from 'node:crypto';
import storage from '@medserve/storage';
import testkit from '@medserve/testkit';
import { atLeast, figure } from '../lib/figures.mjs';

const ROWS = 100_000;
const PAGE = 4_096;
const TARGET_ROWS_PER_SECOND = 30_000;

const LEAVES = 'SELECT leaf FROM ledger_entry WHERE tenant = $1 AND index >= $2 AND index < $3 ORDER BY index';

/** Reads every entry and hashes it, and does nothing else: what no verification can be without. */
const readAndHash = (database) =>
  database.superuser(async (sql) => {
    for (let begin = 0; begin < ROWS; begin += PAGE) {
      const { rows } = await sql.query(LEAVES, ['local', begin, begin + PAGE]);
      for (const { leaf } of rows) hash('sha256', leaf, 'buffer');
    }
  });

/** Rows a second. */
async function speedOf(work) {
  const began = performance.now();
  await work();
  return (ROWS * 1000) / (performance.now() - began);
}

export const verifyLedger = {
  name: 'verify-ledger',
  title: 'The ledger verified',
  shows:
    'Rows a second of a log of 100,000 entries, written by the real writer and verified whole by one process: entries, tiles, root, checkpoints, requests and 200 answers. Beside it the same entries read and hashed, and nothing else.',
  seconds: { full: 90, quick: 60 },
  async run(context) {
    const { privateKey: key } = generateKeyPairSync('ed25519');
    const database = await testkit.startTestDatabase();
    context.defer(() => database.close());
    const opened = await storage.openStorage({ url: database.url, poolSize: 2, applicationName: 'bench' });
    context.defer(() => opened.close());
    context.say(`writing ${ROWS} entries`);
    const written = await speedOf(() => testkit.growLedger(database, opened, ROWS / 2, key));
    await database.superuser((sql) => sql.query('ANALYZE'));
    const verifier = await opened.ledger.verifierKey('local', key);
    const [verified, bare] = [[], []];
    const rounds = context.rounds(5, 2);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      bare.push(await speedOf(() => readAndHash(database)));
      verified.push(
        await speedOf(async () => {
          const { problems, checked } = await opened.ledger.verify('local', { verifier });
          if (problems.length > 0 || checked.entries !== ROWS) throw new Error('The ledger did not verify.');
        }),
      );
    }
    return {
      groups: [
        {
          title: 'Entries a second',
          figures: [
            figure({
              label: 'verified',
              unit: '1/s',
              rounds: verified,
              target: atLeast(TARGET_ROWS_PER_SECOND),
              baseline: { label: 'read and hashed', unit: '1/s', rounds: bare },
            }),
            figure({ label: 'written, with their requests', unit: '1/s', rounds: [written] }),
          ],
        },
      ],
      notes: [],
    };
  },
};
