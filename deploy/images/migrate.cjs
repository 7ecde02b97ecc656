'use strict';
// Brings the schema of the database that MEDSERVE_DATABASE_URL names up to date, as its owner: what the Job of a deployment runs before
// the services of a new version start. Ends with 1, saying why, when it could not.
const { migrate } = require('@medserve/storage');

const { MEDSERVE_DATABASE_URL: url } = process.env;

async function main() {
  if (url === undefined) throw new Error('MEDSERVE_DATABASE_URL has to name the database, as its owner');
  await migrate(url);
  process.stdout.write('the schema is up to date\n');
}

main().catch((error) => {
  // A message of the driver may hold the URL, and with it the password.
  process.stderr.write(
    `the schema was not changed: ${String(error.message).replaceAll(url ?? '\0', '(the database)')}\n`,
  );
  process.exit(1);
});
