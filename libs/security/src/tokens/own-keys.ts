import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet } from 'jose';
import { makeOnce } from '../own-file';

/** `<number>.pem`, the highest being the newest. */
const NAME = /^(\d{1,9})\.pem$/;
const KEPT = 2;

/** A key of ours that signs access tokens, by its thumbprint (RFC 7638). */
export interface OwnKey {
  readonly kid: string;
  readonly key: KeyObject;
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((one, other) => other - one);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const fileOf = (folder: string, number: number): string => join(folder, `${String(number)}.pem`);

function make(folder: string, number: number): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  makeOnce(fileOf(folder, number), privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** The keys in a folder (Ed25519, PKCS #8 PEM, mode 0600), newest first; the first one is made where there is none. */
export async function readOwnKeys(folder: string): Promise<[OwnKey, ...OwnKey[]]> {
  if (numbersIn(folder).length === 0) make(folder, 1);
  const keys = numbersIn(folder).map((number) => createPrivateKey(readFileSync(fileOf(folder, number))));
  const [newest, ...older] = await Promise.all(keys.map(withKid));
  if (newest === undefined) throw new Error('the folder of the token keys lost its keys while it was read');
  return [newest, ...older];
}

async function withKid(key: KeyObject): Promise<OwnKey> {
  return { kid: await calculateJwkThumbprint(await publicJwk(key)), key };
}

async function publicJwk(key: KeyObject) {
  const { kty, crv, x } = await exportJWK(key);
  return { kty: kty ?? 'OKP', crv: crv ?? 'Ed25519', x: x ?? '' };
}

/** What others may know of the keys. */
export async function publicKeys(keys: readonly OwnKey[]): Promise<JSONWebKeySet> {
  const jwk = async ({ kid, key }: OwnKey) => ({ ...(await publicJwk(key)), kid, alg: 'EdDSA', use: 'sig' });
  return { keys: await Promise.all(keys.map(jwk)) };
}

/** Makes a new key, which signs from now on. The one before stays, so that what it signed is believed until it ends. */
export function rotateOwnKey(folder: string): void {
  const [newest = 0, ...older] = numbersIn(folder);
  make(folder, newest + 1);
  for (const number of older.slice(KEPT - 2)) rmSync(fileOf(folder, number), { force: true });
}
