import type { Sensitive } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import { identify, type InputFile } from '@medserve/imaging';
import type { Principal } from '@medserve/security';
import type { ContentVault, Upload, UploadKey, UploadStore } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import { optional } from '../infer/model-words';
import { subjectHashes, type References } from '../privacy/subject-hashes';

/** A file as OpenAI's clients see it. Its name is not kept, since names of files tell of people. */
export interface FileView {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly expires_at: number;
  readonly filename: string;
  readonly purpose: 'vision';
  readonly status: 'processed';
}

export interface UploadedFilesParts {
  readonly store: Pick<UploadStore, 'add' | 'describe' | 'read' | 'remove'>;
  readonly vault: Pick<ContentVault, 'store' | 'open'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly references: References;
  readonly now: () => Date;
}

/** A file to be shown to a model. */
export interface UploadedImage {
  readonly file: InputFile;
  /** Keyed hash of whom it was uploaded for, in hex. */
  readonly patient: string | undefined;
}

/** How long a file can be spoken of. */
const TTL_SECONDS = 3_600;

const PREFIX = 'file-';
const ID = /^file-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Images that are sent once and spoken of in several requests of who sent them, sealed and for an hour. Another's file is unknown. */
export class UploadedFiles {
  constructor(private readonly parts: UploadedFilesParts) {}

  /**
   * @param patientKey stands for whom the file shows: under its key the file is sealed
   * @throws ServingError `unsupported_media`, `unreadable_image` for what is no image; `quota_exceeded`; `unavailable`
   */
  async add(by: Principal, { bytes, mediaType }: InputFile, patientKey?: Sensitive<string>): Promise<FileView> {
    const { store, vault, activities, references, now } = this.parts;
    identify(bytes, mediaType);
    const { tenant } = by;
    const id = newEventId();
    const { patient } = subjectHashes(references, tenant, undefined, patientKey);
    const event = activities.eventOf(by, { event: 'file_uploaded', subject: `file:${id}`, outcome: 'success' });
    const place = { tenant, request: id, at: now().toISOString(), ...(patient === undefined ? {} : { patient }) };
    const upload = await vault.store(place, bytes, (content) =>
      store.add(
        {
          id,
          tenant,
          owner: by.id,
          content,
          bytes: bytes.length,
          ttlSeconds: TTL_SECONDS,
          ...optional('patient', patient),
        },
        event,
      ),
    );
    return viewOf(upload);
  }

  /** @throws ServingError `not_found` */
  async describe(by: Principal, id: string): Promise<FileView> {
    const upload = await this.parts.store.describe(keyOf(by, id));
    if (upload === undefined) throw unknown();
    return viewOf(upload);
  }

  /** @throws ServingError `not_found`; `result_shredded` where its key was destroyed */
  async read(by: Principal, id: string): Promise<UploadedImage> {
    const key = keyOf(by, id);
    const found = await this.parts.store.read(key);
    if (found === undefined) throw unknown();
    const bytes = await this.parts.vault.open({ tenant: key.tenant, request: key.id }, found.content);
    return { file: { bytes }, patient: found.patient ?? undefined };
  }

  /** @throws ServingError `not_found` */
  async remove(by: Principal, id: string): Promise<void> {
    const key = keyOf(by, id);
    const event = this.parts.activities.eventOf(by, {
      event: 'file_deleted',
      subject: `file:${key.id}`,
      outcome: 'success',
    });
    if (!(await this.parts.store.remove(key, event))) throw unknown();
  }
}

function keyOf({ tenant, id: owner }: Principal, id: string): UploadKey {
  const [, uuid] = ID.exec(id) ?? [];
  if (uuid === undefined) throw unknown();
  return { tenant, owner, id: uuid };
}

const unknown = (): ServingError =>
  new ServingError('not_found', 'There is no file of this id, or its time is over.', {
    remedy: 'Send the file again with POST /v1/files.',
  });

const seconds = (at: Date): number => Math.floor(at.getTime() / 1_000);

const viewOf = ({ id, bytes, createdAt, expiresAt }: Upload): FileView => ({
  id: PREFIX + id,
  object: 'file',
  bytes,
  created_at: seconds(createdAt),
  expires_at: seconds(expiresAt),
  filename: PREFIX + id,
  purpose: 'vision',
  status: 'processed',
});
