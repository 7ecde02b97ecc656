import { loadKeyWrapper } from '@medserve/security';
import { ContentVault, DataKeys, type Storage } from '@medserve/storage';
import { Activities } from '../activities/activities';
import { storedRecords } from '../adapters/stored-records';
import { unrecorded } from '../adapters/unrecorded';
import type { Records } from '../infer/ports';
import { secretFile } from '../privacy/secret-files';
import { OutboxWatch } from '../quotas/outbox-watch';
import type { GatewaySettings } from '../settings';
import type { Ground, Start } from './open-ground';

/** What puts on record what a gateway does, before any of it is told to anybody. */
export interface OpenedRecord {
  /** Seals what is kept of patients. */
  readonly vault: ContentVault;
  readonly records: Records;
  /** Whether more may be put on record. */
  readonly outbox: OutboxWatch;
  readonly activities: Activities;
}

/** @throws Error where the key of what is kept cannot be read */
export function openRecord({ settings, context, lifecycle }: Start, { storage, owner }: Ground): OpenedRecord {
  const { logger, instruments } = context;
  const vault = contentVault(storage, settings);
  const records = settings.MEDSERVE_RECORD === 'on' ? storedRecords(storage.records, owner, vault) : unrecorded(logger);
  const ceiling = { events: settings.MEDSERVE_OUTBOX_MAX_EVENTS, bytes: settings.MEDSERVE_OUTBOX_MAX_BYTES };
  const outbox = lifecycle.add('outbox', new OutboxWatch({ reader: storage, ceiling, instruments, logger }).start());
  return { vault, records, outbox, activities: new Activities(storage.activities, outbox, () => new Date()) };
}

const contentVault = (storage: Storage, settings: GatewaySettings): ContentVault =>
  new ContentVault(
    new DataKeys(storage.contentKeys, loadKeyWrapper(secretFile(settings, 'content')), () => performance.now()),
  );
