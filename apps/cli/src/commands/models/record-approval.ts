import type { ModelPackage, Trust } from '@medserve/engines';
import { newEventId } from '@medserve/events';
import { existsSync } from 'node:fs';
import { homeAt } from '../../home/home';
import { withStorage } from '../../home/with-storage';
import { HOME_TENANT } from '../../up/run-key';

/** Writes into the ledger of the home who approved what. @returns what was done, in words */
export async function recordApproval(
  directory: string,
  model: string,
  packages: readonly ModelPackage[],
  { uploader, approver, signedDigest }: Trust,
): Promise<string> {
  const isThere = existsSync(homeAt(directory).database) || (process.env['MEDSERVE_DATABASE_URL'] ?? '') !== '';
  if (!isThere) return `There is no ledger in ${directory}: the approval stands in the file only.`;
  await withStorage(directory, async ({ activities }) => {
    for (const { manifest, digest } of packages) {
      await activities.record({
        id: newEventId(),
        schema: 1,
        event: 'model_approved',
        at: new Date().toISOString(),
        tenant: HOME_TENANT,
        actor: approver?.identity.name ?? '',
        actorKind: 'user',
        subject: `model:${model.replace(/[^A-Za-z0-9._-]/g, '_')}:${manifest.version}`,
        outcome: 'success',
        facts: { digest, signedDigest: signedDigest ?? '', uploader: uploader?.identity.name ?? '' },
      });
    }
  });
  return 'The approval is on its way into the ledger.';
}
