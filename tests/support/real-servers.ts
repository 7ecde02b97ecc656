import { randomBytes } from 'node:crypto';
import { withConnection } from '@medserve/storage';

export type Environment = Readonly<Record<string, string>>;

const given = (name: string): string | undefined => (process.env[name] === '' ? undefined : process.env[name]);

const byHome = new Map<string, Environment>();

/**
 * Under `npm run test:real`: the environment in which `medserve up` uses the real servers, with a database and a topic that
 * belong to this home alone, as an embedded database would. Otherwise nothing.
 */
export async function realServersFor(home: string): Promise<Environment> {
  const databaseUrl = given('MEDSERVE_TEST_DATABASE_URL');
  const brokers = given('MEDSERVE_TEST_KAFKA');
  const known = byHome.get(home);
  if (known !== undefined || databaseUrl === undefined || brokers === undefined) return known ?? {};
  const name = `up_${randomBytes(6).toString('hex')}`;
  await withConnection(databaseUrl, (sql) => sql.query(`CREATE DATABASE ${name}`));
  const target = new URL(databaseUrl);
  target.pathname = `/${name}`;
  const environment = {
    MEDSERVE_DATABASE_URL: target.href,
    MEDSERVE_KAFKA_BROKERS: brokers,
    MEDSERVE_KAFKA_TOPIC: `test.${name}`,
  };
  byHome.set(home, environment);
  return environment;
}

/** The environment that a home was started with, for commands that work on it. */
export const serversOf = (home: string): Environment => byHome.get(home) ?? {};
