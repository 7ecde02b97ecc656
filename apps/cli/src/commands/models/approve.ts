import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  APPROVAL,
  approvalOf,
  checkVersion,
  judgeModel,
  writeWhole,
  type ModelPackage,
  type Trust,
  type TrustPolicy,
} from '@medserve/engines';
import { Command } from 'commander';
import { homeOption } from '../../options';
import { asPlain, fileIn, packagesAt, readGiven, readTrust, trustOption, type GivenModel } from './model-folder';
import { recordApproval } from './record-approval';
import { signingKeyOf, withKeyOptions, type KeyOptions } from './signing-key';

interface ApproveOptions extends KeyOptions {
  readonly trust?: string;
  readonly home: string;
  readonly yes: boolean;
  readonly record: boolean;
}

export function approveCommand(): Command {
  return withKeyOptions(new Command('approve'))
    .description('look at a signed model and approve it, as somebody else than who uploaded it')
    .argument('<dir>', "a version's folder (NAME/VERSION), or in Triton's layout the model's folder")
    .addOption(trustOption())
    .addOption(homeOption())
    .option('--yes', 'approve without asking; for what has been looked at elsewhere', false)
    .option('--no-record', 'do not write the approval into the ledger of the home')
    .addHelpText(
      'after',
      `
Shows the card, what the model is for and not for, what was measured when it was published, and the digests. Then writes ${APPROVAL}
beside the signature, and the approval into the ledger of the home. Who uploaded a model cannot approve it.

  medserve models approve ./models/chest-xray/3 --key ./bo.pem --trust ./trust.yaml`,
    )
    .action(async (folder: string, options: ApproveOptions) => {
      try {
        await approve(folder, options);
      } catch (error) {
        throw asPlain(error);
      }
    });
}

/** As if it lay there already, and as if every model had to be approved: what would be refused later is refused now. */
function judgeApproved({ root, sealed }: GivenModel, approval: string, policy: TrustPolicy): Trust {
  const strict: TrustPolicy = { ...policy, mode: 'require', rules: [] };
  return judgeModel({ ...sealed, approval }, root.claim, strict, new Date());
}

async function approve(folder: string, options: ApproveOptions): Promise<void> {
  const policy = await readTrust(options.trust);
  const given = await readGiven(folder);
  const { root, sealed } = given;
  const approval = approvalOf(root.folder, sealed, signingKeyOf(options));
  const trust = judgeApproved(given, approval, policy);
  const packages = await packagesAt(root);
  for (const { manifest } of packages) checkVersion(root.claim.name, manifest.version, policy);
  process.stdout.write(`${await describe(given, trust, packages)}\n`);
  if (!options.yes && !(await isAgreed(root.place))) throw new Error('not approved');
  await writeWhole(fileIn(root, APPROVAL), approval);
  process.stdout.write(`${root.place} is approved, in ${fileIn(root, APPROVAL)}\n`);
  if (options.record) process.stdout.write(`${await recordApproval(options.home, root.claim.name, packages, trust)}\n`);
}

async function isAgreed(place: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('nobody is here to ask: look at what is shown, and give --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`Approve ${place}? Type yes: `)).trim() === 'yes';
  } finally {
    terminal.close();
  }
}

const row = (title: string, text: string): string => `  ${title.padEnd(12)} ${text}`;

function describeVersion({ manifest, digest, serving }: ModelPackage): string[] {
  const { name, version, title, intendedUse, notFor, licence, serves, profile } = manifest;
  const tasks = serves.map(({ task, modality }) => `${task} ${modality}`).join(', ');
  return [
    `${name}:${version}  ${title}`,
    row('serves', tasks === '' ? 'tensors' : tasks),
    row('for', intendedUse),
    row('not for', notFor),
    row('licence', licence),
    row('digest', digest),
    row('batches', serving.batching ? `up to ${String(serving.maxBatchSize)} rows` : 'none'),
    ...profile.map(({ rows, msPerRow }) =>
      row('measured', `${String(rows)} rows: ${msPerRow.toPrecision(3)} ms a row`),
    ),
  ];
}

async function describe(
  { root, sealed }: GivenModel,
  trust: Trust,
  packages: readonly ModelPackage[],
): Promise<string> {
  const card = sealed.files.some(({ path }) => path === 'card.md')
    ? await readFile(join(root.folder, 'card.md'), 'utf8')
    : 'There is no card.md: nothing says how the model was made and what was measured.';
  const { uploader, approver } = trust;
  return [
    card.trimEnd(),
    '',
    ...packages.flatMap(describeVersion),
    row('signed by', `${uploader?.identity.name ?? ''}  ${uploader?.fingerprint ?? ''}`),
    row('approver', `${approver?.identity.name ?? ''}  ${approver?.fingerprint ?? ''}`),
    row('signed', trust.signedDigest ?? ''),
    ...trust.files.map(({ path, sha256 }) => row('', `${sha256}  ${path}`)),
    '',
  ].join('\n');
}
