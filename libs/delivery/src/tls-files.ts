import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsSettings } from './destination-settings';

/** What Node's TLS takes, read from the files that the settings name. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

const PEM = /-----BEGIN [A-Z ]+-----/;

/**
 * @param folder what relative paths are relative to
 * @throws Error that names the file; never what it holds
 */
export function readTls({ caFile, certFile, keyFile, serverName }: TlsSettings, folder: string): TlsFiles {
  const pem = (file: string): string => {
    const text = readSecret(file, folder);
    if (!PEM.test(text)) throw new Error(`the file ${file} holds nothing in PEM form`);
    return text;
  };
  if (caFile !== undefined) certificateOf(pem(caFile), caFile);
  if (certFile !== undefined && keyFile !== undefined) {
    const certificate = certificateOf(pem(certFile), certFile);
    // With a key of another kind OpenSSL shows no certificate at all, and with one that is none every delivery fails.
    if (!certificate.checkPrivateKey(privateKeyOf(pem(keyFile), keyFile)))
      throw new Error(`the key in the file ${keyFile} is not that of the first certificate in ${certFile}`);
  }
  return {
    ...(caFile === undefined ? {} : { ca: pem(caFile) }),
    ...(certFile === undefined ? {} : { cert: pem(certFile) }),
    ...(keyFile === undefined ? {} : { key: pem(keyFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function certificateOf(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new Error(`the file ${file} does not begin with a whole certificate`, { cause });
  }
}

function privateKeyOf(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new Error(`the file ${file} holds no private key, or one that needs a passphrase`, { cause });
  }
}

const MOST_BYTES = 1 << 20;

/** The text of a file, without white space around it. @throws Error that names the file; never what it holds */
export function readSecret(file: string, folder: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new Error(`the file ${file} cannot be read (${String((error as NodeJS.ErrnoException).code)})`);
  }
  if (text.length > MOST_BYTES) throw new Error(`the file ${file} is larger than ${String(MOST_BYTES)} bytes`);
  if (text.trim() === '') throw new Error(`the file ${file} is empty`);
  return text.trim();
}
