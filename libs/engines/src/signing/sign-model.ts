import type { KeyObject, X509Certificate } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { writeBundle, preAuthenticationEncoding } from './bundle';
import { fingerprintOf, hintOf, publicHalf, signBytes } from './ec-key';
import { sha256Text } from '../package-files';
import { sealFolder, type SealedFolder } from './seal-folder';
import { APPROVAL, SIGNATURE } from './signed-files';
import { writeStatement } from './statement';
import { untrusted } from './untrusted';
import { writeWhole } from './write-whole';

export interface SigningKey {
  readonly key: KeyObject;
  /** The certificate of the key and those between it and an authority; empty: the key stands for itself. */
  readonly chain: readonly X509Certificate[];
}

const materialOf = ({ key, chain }: SigningKey): object =>
  chain.length === 0
    ? { publicKey: { hint: hintOf(key) } }
    : { x509CertificateChain: { certificates: chain.map(({ raw }) => ({ rawBytes: raw.toString('base64') })) } };

/** A statement over every file of the folder, signed; as a Sigstore bundle. */
export function signatureOf(folder: SealedFolder, subject: string, signingKey: SigningKey, approves?: string): string {
  const [leaf] = signingKey.chain;
  if (leaf && fingerprintOf(leaf.publicKey) !== fingerprintOf(publicHalf(signingKey.key))) {
    throw new Error('the certificate belongs to another key');
  }
  const payload = writeStatement(subject, folder.files, approves);
  const signature = signBytes(preAuthenticationEncoding(payload), signingKey.key);
  return writeBundle(payload, signature, materialOf(signingKey));
}

/**
 * Signs a model's folder as its uploader.
 *
 * @throws ServingError `model_untrusted` for a folder that could not be trusted, or that is signed already
 */
export async function signModel(folder: string, signingKey: SigningKey): Promise<void> {
  const sealed = await sealFolder(folder);
  for (const [name, text] of [
    [SIGNATURE, sealed.signature],
    [APPROVAL, sealed.approval],
  ] as const) {
    if (text !== undefined) throw untrusted(`There is a ${name} already.`);
  }
  await writeWhole(join(folder, SIGNATURE), signatureOf(sealed, basename(resolve(folder)), signingKey));
}

/**
 * The text of an approval of what was signed, byte for byte as it was looked at.
 *
 * @param sealed the folder as it was shown to whoever approves
 * @throws ServingError `model_untrusted` when it is not signed
 */
export function approvalOf(folder: string, sealed: SealedFolder, signingKey: SigningKey): string {
  if (sealed.signature === undefined) throw untrusted(`The model is not signed: it has no ${SIGNATURE}.`);
  return signatureOf(sealed, basename(resolve(folder)), signingKey, sha256Text(sealed.signature));
}

/** Approves what was signed; see `approvalOf`. */
export const approveModel = (folder: string, sealed: SealedFolder, signingKey: SigningKey): Promise<void> =>
  writeWhole(join(folder, APPROVAL), approvalOf(folder, sealed, signingKey));
