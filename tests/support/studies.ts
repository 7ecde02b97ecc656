import { randomUUID } from 'node:crypto';
import { listen, type DimseListener } from '@medserve/dimse';
import { dicomFile, image } from '@medserve/testkit';
import type { Caller, Reply } from './caller';
import { until } from './platform';

const SIZE = 64;
const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

/** A UID that nobody has had before. */
export const freshUid = (): string => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`).toString()}`;

/** One CT slice of a study: a disc of soft tissue in air, 5 mm from the next. */
function slice(studyUid: string, seriesUid: string, number: number): Buffer {
  const pixels = Buffer.alloc(SIZE * SIZE * 2);
  for (let at = 0; at < SIZE * SIZE; at += 1) {
    const [row, column] = [Math.floor(at / SIZE), at % SIZE];
    const isBody = (row - SIZE / 2) ** 2 + (column - SIZE / 2) ** 2 < (SIZE / 3) ** 2;
    pixels.writeUInt16LE(isBody ? 1064 + ((at + number) % 7) : 24, at * 2);
  }
  return dicomFile(
    image(SIZE, SIZE, {
      0x00080008: ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
      0x00080016: ['UI', CT_IMAGE],
      0x00080018: ['UI', `${seriesUid}.${String(number)}`],
      0x00080020: ['DA', '20261126'],
      0x00080030: ['TM', '081500'],
      0x00080050: ['SH', 'ACC471102'],
      0x00080060: ['CS', 'CT'],
      0x00100010: ['PN', 'Doe^Jane'],
      0x00100020: ['LO', 'MRN4471029'],
      0x00180050: ['DS', 5],
      0x0020000d: ['UI', studyUid],
      0x0020000e: ['UI', seriesUid],
      0x00200013: ['IS', number],
      0x00200032: ['DS', [0, 0, number * 5]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00200052: ['UI', `${studyUid}.9`],
      0x00280030: ['DS', [1, 1]],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    }),
  );
}

/** A CT study of one series. */
export const ctStudy = (count: number, studyUid = freshUid(), seriesUid = `${studyUid.slice(0, 50)}.1`) => ({
  studyUid,
  slices: Array.from({ length: count }, (_, at) => slice(studyUid, seriesUid, at + 1)),
});

/** STOW-RS (PS3.18 10.5) of some instances. @param route what is to be done with them, by name */
export function stow(caller: Caller, slices: readonly Buffer[], route?: string): Promise<Reply> {
  const boundary = 'a-boundary';
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const parts = slices.flatMap((one) => [head, one, Buffer.from('\r\n')]);
  return caller.call(`/dicom-web/${route === undefined ? '' : `${route}/`}studies`, {
    method: 'POST',
    headers: {
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    },
    body: new Uint8Array(Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])),
  });
}

/** As `GET /v1/studies` tells a generation. */
export interface ToldStudy {
  readonly studyUid: string;
  readonly generation: number;
  readonly state: string;
  readonly reason: string | null;
  readonly says: string | null;
  readonly routes: readonly string[];
  readonly runs: readonly { readonly name: string; readonly state: string; readonly request: string | null }[];
  readonly results: readonly { readonly kind: string; readonly sopInstanceUid: string }[];
  readonly deliveries: readonly { readonly destination: string; readonly state: string }[];
}

/** The generations of a study, the latest first; none where it was not received. */
export async function generationsOf(caller: Caller, studyUid: string): Promise<readonly ToldStudy[]> {
  const { json } = await caller.call(`/v1/studies/${studyUid}`);
  return (json['generations'] as unknown as ToldStudy[] | undefined) ?? [];
}

/** Waits until the latest generation is in a state. */
export async function reached(
  caller: Caller,
  studyUid: string,
  state: string,
  { generation = 1, withinMs = 60_000 } = {},
): Promise<ToldStudy> {
  let latest: ToldStudy | undefined;
  await until(
    `generation ${String(generation)} of the study to be ${state}`,
    async () => {
      [latest] = await generationsOf(caller, studyUid).catch(() => []);
      return latest?.state === state && latest.generation === generation;
    },
    withinMs,
  );
  return latest as ToldStudy;
}

/** A DICOM node that takes whatever it is sent, or refuses all of it, and remembers. */
export class ReceivingNode {
  private constructor(
    private readonly listener: DimseListener,
    /** Data sets by SOP Instance UID, each as often as it came. */
    readonly received: Map<string, Buffer[]>,
    private readonly answers: { status: number },
  ) {}

  static async start(aet: string): Promise<ReceivingNode> {
    const received = new Map<string, Buffer[]>();
    const answers = { status: 0 };
    const listener = await listen({
      host: '127.0.0.1',
      port: 0,
      aet,
      handler: {
        admit: () => ({ kind: 'accepted' }),
        store: ({ sopInstanceUid }) => {
          const chunks: Buffer[] = [];
          return {
            write: (chunk) => void chunks.push(Buffer.from(chunk)),
            end: () => {
              const { status } = answers;
              if (status === 0)
                received.set(sopInstanceUid, [...(received.get(sopInstanceUid) ?? []), Buffer.concat(chunks)]);
              return Promise.resolve({ status });
            },
            abort: () => undefined,
          };
        },
        find: async function* () {},
        move: async function* () {},
        ended: () => undefined,
      },
    });
    return new ReceivingNode(listener, received, answers);
  }

  get port(): number {
    return this.listener.port;
  }

  /** A status of C-STORE (PS3.4 B.2.3) for all that comes from now on. */
  answer(status: number): void {
    this.answers.status = status;
  }

  close(): Promise<void> {
    return this.listener.close();
  }
}
