import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyUrl } from '@medserve/security';
import type { SignInClient } from '@medserve/storage';
import { InvalidArgumentError, Option } from 'commander';
import { homeAt } from '../../home/home';

/** How people sign in on the page at an issuer. */
export interface SignInOptions {
  readonly issuer: string;
  readonly client?: string;
  readonly signInClient?: string;
  readonly signInSecret?: string;
  readonly signInTitle?: string;
  readonly signInScope: string;
}

const TITLE = /^\P{Cc}{1,80}$/u;
const SECRET_BYTES = 1_024;

export const signInOptions = (): Option[] => [
  new Option('--sign-in-client <id>', 'people sign in on the page there; the issuer knows the page as this client'),
  new Option('--sign-in-secret <file>', "a file that holds the client's secret, which is copied; absent: it has none"),
  new Option('--sign-in-title <text>', 'what the page calls it; default: its host').argParser(title),
  new Option('--sign-in-scope <text>', 'what the page asks the issuer for').default('openid profile'),
];

function title(text: string): string {
  if (TITLE.test(text)) return text;
  throw new InvalidArgumentError('1 to 80 characters, no control characters');
}

/** @throws Error that says what an operator has to change */
export function signInOf(options: SignInOptions): SignInClient | null {
  const { issuer, client, signInClient, signInSecret, signInTitle, signInScope: scope } = options;
  if (signInClient === undefined) {
    if (signInSecret === undefined && signInTitle === undefined) return null;
    throw new Error('--sign-in-secret and --sign-in-title go with --sign-in-client');
  }
  if (client !== undefined && client !== signInClient) {
    throw new Error('the line is for tokens of another client (--client): nobody could sign in by it');
  }
  if (!scope.split(' ').includes('openid')) throw new Error('--sign-in-scope has to name "openid"');
  const { host } = keyUrl(issuer);
  return { client: signInClient, title: signInTitle ?? host, scope, hasSecret: signInSecret !== undefined };
}

/** What stands in the file of the secret. @throws Error */
export function readSecret({ signInSecret: file }: SignInOptions): string | undefined {
  if (file === undefined) return undefined;
  const secret = readFileSync(file, 'utf8').trim();
  if (secret !== '' && secret.length <= SECRET_BYTES) return secret;
  throw new Error(`the file of the secret has to hold 1 to ${String(SECRET_BYTES)} characters`);
}

const fileOf = (home: string, line: string): string => join(homeAt(home).signInSecrets, line);

/** Keeps the secret (mode 0600) where the gateways of this home look for it. */
export function keepSecret(home: string, line: string, secret: string): void {
  mkdirSync(homeAt(home).signInSecrets, { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(home, line), `${secret}\n`, { mode: 0o600 });
}

export function removeSecret(home: string, line: string): void {
  rmSync(fileOf(home, line), { force: true });
}
