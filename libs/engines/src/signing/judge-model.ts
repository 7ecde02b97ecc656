import { parseBundle } from './bundle';
import { sha256Text } from '../package-files';
import type { SealedFile, SealedFolder } from './seal-folder';
import { APPROVAL, SIGNATURE } from './signed-files';
import { parseStatement, type Statement } from './statement';
import { modeOf, type TrustPolicy } from './trust-policy';
import { untrusted } from './untrusted';
import { checkMay, whoSigned, type Signer } from './who-signed';

/** By whom a model was found good. */
export interface Trust {
  /** Absent: nobody had to sign. */
  readonly uploader: Signer | undefined;
  readonly approver: Signer | undefined;
  /** Of the signed model, as its signature says it; absent: it is not signed. */
  readonly signedDigest: string | undefined;
  /** The files that may be loaded: those that were signed, or all where nobody had to sign. */
  readonly files: readonly SealedFile[];
}

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Which model the folder is to be, by where it lies. */
export interface Claim {
  readonly name: string;
  /** The name that the signed folder has to have; absent: the files say which model it is. */
  readonly subject?: string | undefined;
}

/** @throws ServingError `model_untrusted` naming the first file that is missing, added or altered */
function checkFiles({ files }: SealedFolder, statement: Statement): readonly SealedFile[] {
  const signed = new Map(statement.files.map(({ path, sha256 }) => [path, sha256]));
  const found = new Map(files.map((file) => [file.path, file]));
  for (const path of [...new Set([...signed.keys(), ...found.keys()])].sort()) {
    if (!found.has(path)) throw untrusted(`The file ${path} was signed and is missing.`);
    if (!signed.has(path)) {
      if (statement.ignored.some((ignored) => isBelow(path, ignored))) found.delete(path);
      else throw untrusted(`The file ${path} was not signed.`);
    } else if (found.get(path)?.sha256 !== signed.get(path)) {
      throw untrusted(`The file ${path} is not the one that was signed.`);
    }
  }
  return [...found.values()];
}

interface Signed {
  readonly signer: Signer;
  readonly statement: Statement;
  readonly files: readonly SealedFile[];
}

function readSigned(text: string, what: string, folder: SealedFolder, claim: Claim, policy: TrustPolicy): Signed {
  const bundle = parseBundle(text, what);
  // Nothing is read of a statement before it is known whose it is.
  const signer = whoSigned(bundle, policy, what);
  const statement = parseStatement(bundle.payload, what);
  const files = checkFiles(folder, statement);
  if (claim.subject !== undefined && statement.subject !== claim.subject) {
    throw untrusted('What was signed is a folder of another name.');
  }
  return { signer, statement, files };
}

function readApproval(
  signature: string,
  uploaded: Signed,
  folder: SealedFolder,
  claim: Claim,
  policy: TrustPolicy,
): Signer {
  if (folder.approval === undefined) throw untrusted(`The model is not approved: it has no ${APPROVAL}.`);
  const { signer, statement } = readSigned(folder.approval, APPROVAL, folder, claim, policy);
  if (statement.approves === undefined) throw untrusted(`${APPROVAL} is a signature, and no approval.`);
  if (statement.approves !== sha256Text(signature))
    throw untrusted(`${APPROVAL} approves another signature than this one.`);
  if (signer.identity.name === uploaded.signer.identity.name || signer.fingerprint === uploaded.signer.fingerprint) {
    throw untrusted('The one who approved the model is the one who uploaded it.');
  }
  return signer;
}

/**
 * Whether a model may be served: a function of its bytes, the policy and the time.
 *
 * @throws ServingError `model_untrusted` with the first thing that is wrong
 */
export function judgeModel(folder: SealedFolder, claim: Claim, policy: TrustPolicy, now: Date): Trust {
  const mode = modeOf(policy, claim.name);
  if (mode === 'open') {
    return { uploader: undefined, approver: undefined, signedDigest: undefined, files: folder.files };
  }
  const { signature } = folder;
  if (signature === undefined) throw untrusted(`The model is not signed: it has no ${SIGNATURE}.`);
  const uploaded = readSigned(signature, SIGNATURE, folder, claim, policy);
  const { signer: uploader, statement, files } = uploaded;
  checkMay(uploader, 'uploader', claim.name, policy, now);
  if (policy.revokedModels.has(statement.digest)) throw untrusted('This model is revoked.');
  if (mode === 'signed') return { uploader, approver: undefined, signedDigest: statement.digest, files };
  const approver = readApproval(signature, uploaded, folder, claim, policy);
  checkMay(approver, 'approver', claim.name, policy, now);
  return { uploader, approver, signedDigest: statement.digest, files };
}

/** Also of models that need no signature. @throws ServingError `model_untrusted` for a version that is older than is served */
export function checkVersion(name: string, version: string, { minimumVersions }: TrustPolicy): void {
  const lowest = minimumVersions.get(name) ?? 0;
  if (Number(version) < lowest) {
    throw untrusted(`Version ${version} is older than version ${String(lowest)}, the oldest that is served.`);
  }
}
