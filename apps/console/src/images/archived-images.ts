import { call, callJson } from '../api';
import { hexOf, sha256 } from '../proof/log';
import { relatedParts } from './related-parts';
import type { InputHash } from './shelf';
import type { FoundFile } from './sort-out';

/** The series that a run of a study was asked about, as the archive has it. */
export interface ArchivedSeries {
  readonly studyUid: string;
  readonly seriesUid: string;
}

interface StudiesPage {
  readonly studies: readonly {
    readonly studyUid: string;
    readonly runs: readonly { readonly request: string | null; readonly seriesUid: string }[];
  }[];
}

/** Where the images of a request are, where a route asked it about a study; undefined: it was asked by another door. @throws ApiError */
export async function findArchived(requestId: string, signal: AbortSignal): Promise<ArchivedSeries | undefined> {
  const query = { request: requestId, limit: 1 };
  const { studies } = await callJson<StudiesPage>('/v1/studies', { query, signal });
  return studies
    .flatMap(({ studyUid, runs }) => runs.map(({ request, seriesUid }) => ({ request, studyUid, seriesUid })))
    .find(({ request }) => request === requestId);
}

/**
 * The files of a series that an answer is about, by their hashes: later ones may have come since.
 *
 * @throws ApiError, PartsError
 */
export async function fetchArchived(
  { studyUid, seriesUid }: ArchivedSeries,
  inputs: readonly InputHash[],
  signal: AbortSignal,
): Promise<FoundFile[]> {
  const path = `/dicom-web/studies/${encodeURIComponent(studyUid)}/series/${encodeURIComponent(seriesUid)}`;
  // As they are kept: of other bytes nobody could say that they are those that were asked about.
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  const response = await call(path, { headers: { accept }, signal });
  const parts = relatedParts(new Uint8Array(await response.arrayBuffer()), response.headers.get('content-type') ?? '');
  const wanted = new Set(inputs.map((input) => input.sha256));
  const found: FoundFile[] = [];
  for (const [place, part] of parts.entries()) {
    if (!(await isOneOf(wanted, part))) continue;
    const name = `${String(place + 1)}.dcm`;
    found.push({ file: new File([part], name), path: name });
  }
  return found;
}

/** Without TLS a page of another machine has no WebCrypto: then the platform is asked about all of them. */
async function isOneOf(wanted: ReadonlySet<string>, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (!isSecureContext) return true;
  return wanted.has(hexOf(await sha256(bytes)));
}
