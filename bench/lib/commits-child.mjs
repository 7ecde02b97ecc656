import pg from 'pg';

/* Two bare commits a request, in a process and a table of their own: what a record would cost if it were nothing else. */

const MOST_CONNECTIONS = 16;
const [connectionString] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: MOST_CONNECTIONS });
// As large as an event of a request: hashes, names, times.
const CONTENT = Buffer.alloc(600, 1);
await pool.query('CREATE SCHEMA IF NOT EXISTS bench');
// No worker is to clean up after it while something else is measured on the same server.
await pool.query(
  'CREATE TABLE IF NOT EXISTS bench.commits (id bigserial PRIMARY KEY, content bytea NOT NULL) WITH (autovacuum_enabled = off)',
);

process.on('message', async ({ callers, forMs }) => {
  const began = performance.now();
  let done = 0;
  const caller = async () => {
    while (performance.now() - began < forMs) {
      for (const _half of ['accept', 'complete'])
        await pool.query({
          name: 'insert',
          text: 'INSERT INTO bench.commits (content) VALUES ($1)',
          values: [CONTENT],
        });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  process.send((done * 1000) / (performance.now() - began));
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
