import { Readable } from 'node:stream';
import type { KeptInstance, OpenedInstance } from '@medserve/archive';
import { ServingError, type Reason } from '@medserve/errors';
import { noopInstruments } from '@medserve/runtime';
import { SCOPES, SubjectReferences, type Authenticator, type Principal } from '@medserve/security';
import { DicomWeb, type DicomWebParts } from '../dicomweb';
import type { GatewayParts } from '../door/gateway.module';
import { BodyBudget } from '../http/body-budget';
import type { HttpServer } from '../door/http-server';
import type { ResultReader } from '../records/result-reader';
import { DEFAULT_LIMITS } from '../infer/limits';
import { quietOversight } from './quiet-oversight';
import { ToldActivities } from './told-activities';
import { openHttpDoor } from './open-http-door';

const CALLER: Principal = { id: 'viewer', kind: 'key', tenant: 'north', scopes: new Set(SCOPES) };

const CT = '1.2.840.10008.5.1.4.1.1.2';
const JPEG_LS = '1.2.840.10008.1.2.4.80';

/** An instance whose file is called so: a CT slice in JPEG-LS where nothing else is said. */
export const kept = (
  file: string,
  {
    sopClassUid = CT,
    transferSyntaxUid = JPEG_LS,
  }: { sopClassUid?: string | undefined; transferSyntaxUid?: string } = {},
): KeptInstance => ({
  ...{
    tenant: 'north',
    studyUid: '1.2',
    seriesUid: '1.2.3',
    sopInstanceUid: '1.2.3.4',
    sopClassUid,
    transferSyntaxUid,
  },
  ...{ bytes: file.length, sha256: '', door: 'stow', receivedAt: new Date(0), file, dataSetOffset: 0 },
});

/**
 * A DICOMweb door over a study that a test makes up. The file of an instance holds its own name; what is made of it is `made of NAME`,
 * unless `fails` says of its name why not.
 */
export class RetrieveGateway {
  study: readonly KeptInstance[] = [];
  fails: Readonly<Record<string, Reason>> = {};
  /** Of each instance. */
  frames = 2;
  readonly activities = new ToldActivities();
  private server: HttpServer | undefined;

  async start(): Promise<void> {
    const budget = new BodyBudget(DEFAULT_LIMITS.bodiesInFlightBytes);
    const making = async (read: () => Promise<Uint8Array>): Promise<Uint8Array> => {
      const name = Buffer.from(await read()).toString();
      const reason = this.fails[name];
      if (reason !== undefined) throw new ServingError(reason, 'No.');
      return Buffer.from(`made of ${name}`);
    };
    const pool: Partial<DicomWebParts['pool']> = {
      rendered: (read, { frame }) =>
        frame <= this.frames ? making(read) : Promise.reject(new ServingError('not_found', 'No.')),
      explicitVr: making,
      frames: async (read) => [await making(read)],
    };
    const archive: Partial<DicomWebParts['archive']> = {
      read: () => Promise.resolve({ kind: 'found', instances: [...this.study] }),
      open: ({ file }) =>
        ({
          read: () => Promise.resolve(Buffer.from(file)),
          stream: () => Readable.from([Buffer.from(file)]),
        }) as Partial<OpenedInstance> as OpenedInstance,
    };
    const parts: Partial<DicomWebParts> = {
      archive: archive as DicomWebParts['archive'],
      pool: pool as DicomWebParts['pool'],
      activities: this.activities.activities,
      references: new SubjectReferences(Buffer.alloc(32)),
      budget,
    };
    const gateway: Partial<GatewayParts> = {
      dicomWeb: new DicomWeb(parts as DicomWebParts),
      oversight: quietOversight({} as ResultReader).oversight,
    };
    const authenticator: Pick<Authenticator, 'authenticate'> = { authenticate: () => Promise.resolve(CALLER) };
    this.server = await openHttpDoor({ budget, instruments: noopInstruments(), parts: gateway, authenticator });
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  /** @throws where the connection ends before the answer does */
  async get(path: string, accept: string): Promise<{ readonly status: number; readonly bodies: readonly string[] }> {
    const response = await fetch(`${this.server?.url ?? ''}/dicom-web/${path}`, {
      headers: { accept, authorization: 'Bearer x' },
    });
    const text = await response.text();
    if (response.status !== 200) return { status: response.status, bodies: [] };
    const [, boundary] = /boundary=(.+)$/.exec(response.headers.get('content-type') ?? '') ?? [];
    if (boundary === undefined) return { status: 200, bodies: [text] };
    const pieces = text.split(`--${boundary}`).slice(1, -1);
    return { status: 200, bodies: pieces.map((piece) => piece.slice(piece.indexOf('\r\n\r\n') + 4, -2)) };
  }
}
