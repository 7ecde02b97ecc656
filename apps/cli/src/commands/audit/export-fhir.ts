import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { auditEventOf, bundleOf, type AuditEvent, type Bundle } from '@medserve/events';
import type { AuditReader } from '@medserve/storage';

export interface FhirExport {
  readonly tenant: string;
  readonly from?: Date | undefined;
  /** Not itself in it. */
  readonly to?: Date | undefined;
  /** Absent: NDJSON, a resource a line. */
  readonly bundle?: Bundle['type'] | undefined;
}

type Reader = Pick<AuditReader, 'head' | 'entries'>;

const BATCH = 1_000;

/** Resources of one Bundle, which its receiver holds whole. */
export const BUNDLE_LIMIT = 10_000;

/** The entries of a log as it is now, those of the time asked for, in order, as FHIR R4 AuditEvents. */
async function* auditEvents(reader: Reader, { tenant, from, to }: FhirExport): AsyncGenerator<AuditEvent> {
  const head = await reader.head(tenant);
  const { origin: log, size } = head ?? { origin: '', size: 0 };
  for (let begin = 0; begin < size; begin += BATCH) {
    for (const { event, sequence, hash } of await reader.entries(tenant, begin, Math.min(size, begin + BATCH))) {
      const at = new Date(event.at);
      if (event.tenant !== tenant || (from !== undefined && at < from) || (to !== undefined && at >= to)) continue;
      yield auditEventOf(event, { log, sequence, hash });
    }
  }
}

/** @throws Error where a Bundle would hold too many */
async function* textOf(reader: Reader, wanted: FhirExport, counted: () => void): AsyncGenerator<string> {
  if (wanted.bundle === undefined) {
    for await (const resource of auditEvents(reader, wanted)) {
      counted();
      yield `${JSON.stringify(resource)}\n`;
    }
    return;
  }
  const resources: AuditEvent[] = [];
  for await (const resource of auditEvents(reader, wanted)) {
    if (resources.length === BUNDLE_LIMIT)
      throw new Error(
        `a Bundle has at most ${String(BUNDLE_LIMIT)} entries here: narrow it with --from and --to, or leave --bundle out`,
      );
    resources.push(resource);
    counted();
  }
  yield `${JSON.stringify(bundleOf(resources, wanted.bundle))}\n`;
}

/**
 * Writes AuditEvents to a file, which appears whole, or to the standard output (`-`).
 *
 * @returns how many
 */
export async function exportFhir(reader: Reader, wanted: FhirExport, file: string): Promise<number> {
  let count = 0;
  const text = Readable.from(
    textOf(reader, wanted, () => {
      count += 1;
    }),
  );
  if (file === '-') {
    await pipeline(text, process.stdout, { end: false });
    return count;
  }
  const scratch = `${file}.${String(process.pid)}.new`;
  try {
    await pipeline(text, createWriteStream(scratch, { mode: 0o600 }));
    await rename(scratch, file);
  } finally {
    await rm(scratch, { force: true });
  }
  return count;
}
