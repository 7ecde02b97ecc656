import type { Destination } from '../destination';
import type { SettingsOf } from '../destination-settings';
import type { TlsFiles } from '../tls-files';
import { judgeStatus, statusWord } from '../dicom/judge';
import type { Authorization } from '../http/authorization';
import { isPage } from '../http/is-page';
import { judgeFailure, judgeSilence } from '../http/judge-reply';
import type { Reply } from '../http/post';
import { postAuthorized } from '../http/post-authorized';
import type { Parcel, ParcelObject } from '../parcel';
import type { Sent } from '../sent';
import { multipart, UnreadableError } from './multipart';
import { readStoreResponse } from './store-response';

export interface StowDestinationParts {
  readonly settings: SettingsOf<'stow'>;
  readonly tls: TlsFiles | undefined;
  readonly authorization: Authorization;
}

/** (0008,1197) of an instance that the receiver has already: Azure's precedent. Ours never differ from what was sent before. */
const ALREADY_THERE = 45_070;

/** STOW-RS: all objects of a parcel in one request (PS3.18 10.5). */
export class StowDestination implements Destination {
  constructor(private readonly parts: StowDestinationParts) {}

  async send(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    const { settings, tls, authorization } = this.parts;
    const objects = (await parcel.objects()).filter(({ kind }) => settings.takes.includes(kind));
    if (objects.length === 0) return { kind: 'delivered' };
    const { contentType, bytes, body } = multipart(objects);
    let reply: Reply;
    try {
      const headers = { ...settings.headers, 'content-type': contentType, accept: 'application/dicom+json' };
      reply = await postAuthorized(
        { url: `${settings.url}/studies`, headers, bytes, body, tls, signal },
        authorization,
      );
    } catch (error) {
      // Of our own archive: it says nothing of the receiver.
      if (error instanceof UnreadableError) throw error;
      return judgeSilence(error, signal);
    }
    return judge(reply, objects);
  }
}

/** 200: all are there. 202 and 409 say of each what became of it. All else speaks of the request as a whole. */
function judge(reply: Reply, objects: readonly ParcelObject[]): Sent {
  if (![200, 202, 409].includes(reply.status)) return judgeFailure(reply);
  if (isPage(reply)) return { kind: 'refused', reason: 'bad_answer', status: String(reply.status) };
  const found = readStoreResponse(reply.body);
  if (found === undefined)
    return reply.status === 200
      ? { kind: 'delivered' }
      : { kind: 'refused', reason: 'bad_answer', status: String(reply.status) };
  const failed = found.failed.filter(({ reason }) => reason !== ALREADY_THERE);
  if (failed.length === 0) return { kind: 'delivered' };
  const missing = new Set(failed.map(({ sopInstanceUid }) => sopInstanceUid));
  // Where a failure names nobody, what is not named as stored may be meant.
  const arrived = missing.has(undefined)
    ? found.stored
    : objects.map(({ sopInstanceUid }) => sopInstanceUid).filter((uid) => !missing.has(uid));
  const judged = failed.map(({ reason }) => ({ reason, as: judgeStatus(reason ?? 0x0110) }));
  const later = judged.find(({ as }) => as !== 'stored' && !as.isForGood);
  const first = later ?? judged.find(({ as }) => as !== 'stored');
  if (first === undefined || first.as === 'stored') return { kind: 'delivered' };
  const told = {
    reason: first.as.reason,
    arrived,
    ...(first.reason === undefined ? {} : { status: statusWord(first.reason) }),
  };
  return later === undefined ? { kind: 'refused', ...told } : { kind: 'retry', ...told };
}
