import { parseVerifierKey } from '@medserve/ledger';
import { readOutsideCopy, type Verdict } from '@medserve/storage';
import { contentVault } from '../../home/content-vault';
import { ProgressBar } from '../../output/progress-bar';
import { onLog, print, type LogOptions } from './on-log';

interface VerifyOptions extends LogOptions {
  readonly json: boolean;
  /** Of a copy kept outside. */
  readonly against?: string;
  /** Verifier key in note form. */
  readonly key?: string;
}

/** Exit status 0: all agrees; 1: something does not; 2: nothing is known, as it could not be verified. */
export async function verify(options: VerifyOptions): Promise<void> {
  try {
    const { problems } = await verified(options);
    if (problems.length > 0) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`medserve: ${error instanceof Error ? error.message : String(error)}\n`);
    process.stderr.write('Nothing was verified.\n');
    process.exitCode = 2;
  }
}

async function verified(options: VerifyOptions): Promise<Verdict> {
  if (options.key !== undefined) requireVerifierKey(options.key);
  const bar = new ProgressBar();
  const against = options.against === undefined ? undefined : await readOutsideCopy(options.against);
  const verdict = await onLog(options, async (storage, key, home) => {
    const { tenant } = options;
    const vault = contentVault(storage, home);
    return storage.ledger.verify(tenant, {
      verifier: options.key ?? (await storage.ledger.verifierKey(tenant, key)),
      ...(against === undefined ? {} : { against }),
      openContent: (place, stored) => vault.openUnlessShredded(place, stored),
      told: (done, total) => {
        bar.show('entries checked', (100 * done) / Math.max(total, 1));
      },
    });
  });
  bar.clear();
  if (options.json) print(JSON.stringify(verdict));
  else tell(verdict);
  return verdict;
}

/** With one that is none every checkpoint would look forged. */
function requireVerifierKey(key: string): void {
  try {
    parseVerifierKey(key.trim());
  } catch (cause) {
    throw new Error('--key is no verifier key: it looks like NAME+HASH+KEY, as "medserve audit key" prints it.', {
      cause,
    });
  }
}

const count = (number: number, what: string): string => `${String(number)} ${what}`;

function tell({ size, root, checked, deleted, shredded, parked, against, problems }: Verdict): void {
  print(`${count(size, 'entries')}, root ${root}`);
  print(
    `checked ${[
      count(checked.checkpoints, 'checkpoints'),
      count(checked.requests, 'requests'),
      count(checked.results, 'results'),
    ].join(', ')}`,
  );
  if (against !== undefined) print(`held against a copy of ${count(against, 'entries')}`);
  if (deleted > 0) print(`${count(deleted, 'entries')} were deleted when their time was over, as the log tells`);
  if (shredded > 0) print(`${count(shredded, 'results')} could not be compared: their key was destroyed`);
  if (parked > 0) print(`${count(parked, 'events')} could not be read and were put aside`);
  for (const { kind, index, request, subject, detail } of problems) {
    const place = index === undefined ? '' : ` ${String(index)}`;
    const whose = request === undefined ? '' : ` of request ${request}`;
    print(`PROBLEM ${kind}${place}${whose}${subject === undefined ? '' : ` of ${subject}`}: ${detail}`);
  }
  print(problems.length === 0 ? 'The ledger is whole.' : 'The ledger is NOT whole.');
}
