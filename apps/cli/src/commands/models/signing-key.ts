import { readFileSync } from 'node:fs';
import { certificatesOf, privateKeyOf, type SigningKey } from '@medserve/engines';
import { Option, type Command } from 'commander';

export interface KeyOptions {
  readonly key: string;
  readonly certificate?: string;
  readonly chain?: string;
  readonly passphraseFile?: string;
}

const PASSPHRASE = 'MEDSERVE_SIGNING_PASSPHRASE';

/** Never as an argument: those stand in lists of processes and in histories. */
export const passphraseOption = (): Option =>
  new Option('--passphrase-file <file>', `the key's passphrase, on its first line; or the variable ${PASSPHRASE}`);

export const withKeyOptions = (command: Command): Command =>
  command
    .requiredOption('--key <file>', 'the private key, PEM, as "medserve models keygen" makes it')
    .addOption(passphraseOption())
    .option('--certificate <file>', 'its certificate, PEM, where the trust file names certificates')
    .option('--chain <file>', 'certificates between that one and the authority, PEM');

export function passphraseOf({ passphraseFile }: Pick<KeyOptions, 'passphraseFile'>): string | undefined {
  const given = process.env[PASSPHRASE];
  if (passphraseFile === undefined) return given === '' ? undefined : given;
  const [first = ''] = readFileSync(passphraseFile, 'utf8').split(/\r?\n/);
  return first;
}

/** @throws Error in words for who gave the options */
export function signingKeyOf(options: KeyOptions): SigningKey {
  const { key, certificate, chain } = options;
  if (chain !== undefined && certificate === undefined) throw new Error('--chain goes with --certificate');
  const pem = readFileSync(key, 'utf8');
  const passphrase = passphraseOf(options);
  if (pem.includes('ENCRYPTED') && passphrase === undefined) {
    throw new Error(`the key has a passphrase: give it with --passphrase-file or in ${PASSPHRASE}`);
  }
  const read = (): SigningKey['key'] => {
    try {
      return privateKeyOf(pem, passphrase);
    } catch (error) {
      throw new Error(`the key cannot be used: ${error instanceof Error ? error.message : 'unknown'}`, {
        cause: error,
      });
    }
  };
  const certificates = [certificate, chain].filter((file) => file !== undefined);
  return { key: read(), chain: certificates.flatMap((file) => certificatesOf(readFileSync(file, 'utf8'))) };
}
