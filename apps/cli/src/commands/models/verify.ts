import {
  checkVersion,
  judgeModel,
  modeOf,
  SIGNATURE,
  type ModelPackage,
  type Signer,
  type Trust,
  type TrustPolicy,
} from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { Command } from 'commander';
import { jsonOption } from '../../options';
import { packagesAt, readGiven, readTrust, trustOption, type GivenModel } from './model-folder';

interface VerifyOptions {
  readonly trust?: string;
  readonly json: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('say whether a pod with this trust file would serve a model; exit status 0 when it would, 1 when not')
    .argument('<dir>', "a version's folder (NAME/VERSION), or in Triton's layout the model's folder")
    .addOption(trustOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Says who signed and who approved, or the first thing that is wrong: the first file that was changed, added or taken away, in the
order of their names.

  medserve models verify ./models/chest-xray/3 --trust ./trust.yaml`,
    )
    .action(async (folder: string, { trust, json }: VerifyOptions) => {
      const policy = await readTrust(trust);
      const verdict = await judge(folder, policy);
      process.stdout.write(`${json ? JSON.stringify(verdict) : describe(verdict)}\n`);
      if (!verdict.trusted) process.exitCode = 1;
    });
}

interface Verdict {
  readonly trusted: boolean;
  readonly model: string;
  readonly mode?: string;
  readonly files?: number;
  readonly signer?: Named | undefined;
  readonly approver?: Named | undefined;
  /** Of what was signed, for `revoked.models`. */
  readonly signedDigest?: string | undefined;
  /** By version, as answers name it. */
  readonly digests?: Readonly<Record<string, string>>;
  readonly reason?: string;
}

interface Named {
  readonly name: string;
  readonly fingerprint: string;
}

const named = (signer: Signer | undefined): Named | undefined =>
  signer && { name: signer.identity.name, fingerprint: signer.fingerprint };

async function judge(folder: string, policy: TrustPolicy): Promise<Verdict> {
  let given: GivenModel | undefined;
  try {
    given = await readGiven(folder);
    const { root, sealed } = given;
    const trust = judgeModel(sealed, root.claim, policy, new Date());
    const packages = await packagesAt(root);
    for (const { manifest } of packages) checkVersion(root.claim.name, manifest.version, policy);
    return good(given, trust, packages, policy);
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    return { trusted: false, model: given?.root.place ?? folder, reason: error.message };
  }
}

const good = ({ root }: GivenModel, trust: Trust, packages: readonly ModelPackage[], policy: TrustPolicy): Verdict => ({
  trusted: true,
  model: root.place,
  mode: modeOf(policy, root.claim.name),
  files: trust.files.length,
  signer: named(trust.uploader),
  approver: named(trust.approver),
  signedDigest: trust.signedDigest,
  digests: Object.fromEntries(packages.map(({ manifest, digest }) => [manifest.version, digest])),
});

const row = (title: string, text: string): string => `  ${title.padEnd(12)} ${text}`;

function describe({
  trusted,
  model,
  mode,
  files,
  signer,
  approver,
  signedDigest,
  digests,
  reason = '',
}: Verdict): string {
  if (!trusted) return `${model} is NOT trusted: ${reason}`;
  if (signer === undefined) return `${model} needs no signature: the trust file says "${mode ?? ''}" for it`;
  return [
    `${model} is trusted`,
    row('signed by', `${signer.name}  ${signer.fingerprint}`),
    row('approved by', approver ? `${approver.name}  ${approver.fingerprint}` : 'nobody, and nobody has to'),
    row('files', `${String(files ?? 0)}, all as ${SIGNATURE} has them: ${signedDigest ?? ''}`),
    ...Object.entries(digests ?? {}).map(([version, digest]) => row(`version ${version}`, digest)),
  ].join('\n');
}
