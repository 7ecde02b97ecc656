import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** How the pods of this machine are told to router and scaler. */
export interface LocalFleetFiles {
  readonly folder: string;
  readonly fleet: string;
  /** Addresses, as a JSON array. */
  readonly pods: string;
  /** URLs of the pods' metrics, as a JSON array. */
  readonly metrics: string;
  /** What the pods had last. */
  readonly catalogue: string;
}

/** The folder that holds everything a platform on one machine keeps: data, keys, logs, model cache. */
export interface Home {
  readonly root: string;
  readonly database: string;
  readonly keys: string;
  readonly logs: string;
  /** Studies that were received, and what was made of them. */
  readonly studies: string;
  readonly pepper: string;
  /** The id of the key of the run, while it works. */
  readonly runKey: string;
  /** Folder of the keys that sign access tokens. */
  readonly tokenKeys: string;
  /** Folder of the secrets of the clients that issuers know this platform as. */
  readonly signInSecrets: string;
  /** The secret of the references to patients in records. */
  readonly references: string;
  /** The secret under which stored answers are sealed. */
  readonly content: string;
  readonly ledgerKey: string;
  readonly localFleet: LocalFleetFiles;
  readonly lock: string;
  /** What a running `up` tells the other commands; mode 0600, gone when it has ended. */
  readonly running: string;
}

export const DEFAULT_HOME = '.medserve';

export function homeAt(directory: string): Home {
  const root = resolve(directory);
  return {
    root,
    database: join(root, 'postgres'),
    keys: join(root, 'keys'),
    logs: join(root, 'logs'),
    studies: process.env['MEDSERVE_STUDIES_DIR'] ?? join(root, 'studies'),
    pepper: join(root, 'keys', 'pepper'),
    runKey: join(root, 'run-key'),
    tokenKeys: process.env['MEDSERVE_TOKEN_KEYS_DIR'] ?? join(root, 'keys', 'tokens'),
    signInSecrets: process.env['MEDSERVE_SIGN_IN_SECRETS_DIR'] ?? join(root, 'keys', 'sign-in'),
    references: process.env['MEDSERVE_REFERENCES_FILE'] ?? join(root, 'keys', 'references'),
    content: process.env['MEDSERVE_CONTENT_KEY_FILE'] ?? join(root, 'keys', 'content'),
    ledgerKey: join(root, 'keys', 'ledger.pem'),
    localFleet: {
      folder: join(root, 'fleet'),
      fleet: join(root, 'fleet', 'fleet.json'),
      pods: join(root, 'fleet', 'pods.json'),
      metrics: join(root, 'fleet', 'metrics.json'),
      catalogue: join(root, 'fleet', 'catalogue.json'),
    },
    lock: join(root, 'lock'),
    running: join(root, 'running.json'),
  };
}

/** @throws Error that says what to do where the folder cannot be had */
export function makeHome(home: Home): void {
  try {
    mkdirSync(home.root, { recursive: true });
    mkdirSync(home.keys, { recursive: true, mode: 0o700 });
    mkdirSync(home.logs, { recursive: true });
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new Error(
      `${home.root} cannot be made the home (${code}): choose a folder that you may write to with --home`,
      {
        cause,
      },
    );
  }
}
