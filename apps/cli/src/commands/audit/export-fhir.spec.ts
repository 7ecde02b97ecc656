import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEventId, type ActivityEvent, type AuditEvent, type Bundle } from '@medserve/events';
import type { AuditReader } from '@medserve/storage';
import { BUNDLE_LIMIT, exportFhir } from './export-fhir';

const START = Date.UTC(2026, 0, 1);

const entryAt = (minute: number): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event: 'result_read',
  at: new Date(START + minute * 60_000).toISOString(),
  tenant: 'north',
  actor: 'key-1',
  subject: 'result:1',
  outcome: 'success',
});

/** A log of so many entries, a minute apart. */
function logOf(size: number, tenant = 'north'): Pick<AuditReader, 'head' | 'entries'> {
  return {
    head: () => Promise.resolve({ origin: 'medserve/1', size }),
    entries: (_, begin, end) =>
      Promise.resolve(
        Array.from({ length: end - begin }, (__, at) => ({
          sequence: begin + at,
          hash: '00',
          leaf: Buffer.alloc(0),
          event: { ...entryAt(begin + at), tenant },
        })),
      ),
  };
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'medserve-fhir-'));

describe('exportFhir', () => {
  it('writes a resource a line, in the order of the log, over all batches', async () => {
    const file = join(folder(), 'audit.ndjson');
    expect(await exportFhir(logOf(2_345), { tenant: 'north' }, file)).toBe(2_345);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const recorded = lines.map((line) => (JSON.parse(line) as AuditEvent).recorded);
    expect(recorded).toHaveLength(2_345);
    expect(recorded).toEqual([...recorded].sort());
  });

  it('takes what is from a time on and before another', async () => {
    const file = join(folder(), 'audit.ndjson');
    const from = new Date(START + 10 * 60_000);
    const to = new Date(START + 13 * 60_000);
    expect(await exportFhir(logOf(50), { tenant: 'north', from, to }, file)).toBe(3);
  });

  it('leaves out what another tenant did, from the time when all shared one log', async () => {
    expect(await exportFhir(logOf(5, 'south'), { tenant: 'north' }, join(folder(), 'audit.ndjson'))).toBe(0);
  });

  it('writes one Bundle', async () => {
    const file = join(folder(), 'audit.json');
    await exportFhir(logOf(3), { tenant: 'north', bundle: 'transaction' }, file);
    const bundle = JSON.parse(readFileSync(file, 'utf8')) as Bundle;
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'transaction' });
    expect(bundle.entry).toHaveLength(3);
  });

  it('makes no Bundle that is too large, and leaves no file', async () => {
    const place = folder();
    const writing = exportFhir(logOf(BUNDLE_LIMIT + 1), { tenant: 'north', bundle: 'collection' }, join(place, 'a'));
    await expect(writing).rejects.toThrow('narrow it');
    expect(readdirSync(place)).toEqual([]);
  });
});
