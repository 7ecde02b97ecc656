import { associate } from '@medserve/dimse';
import { readPart10Head } from '@medserve/imaging';
import { Caller } from '../support/caller';
import type { Ready } from '../support/platform';
import { ctStudy, freshUid, reached, ReceivingNode, stow } from '../support/studies';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const SLICES = 8;
const ENDS_WITHIN_MS = 240_000;

/** Studies by both doors, with an archive that takes their results and one that will have none of them. */
export class DicomTraffic {
  private constructor(
    private readonly takes: ReceivingNode,
    private readonly refuses: ReceivingNode,
  ) {}

  static async start(): Promise<DicomTraffic> {
    const refuses = await ReceivingNode.start('REFUSES');
    refuses.answer(0xa900);
    return new DicomTraffic(await ReceivingNode.start('TAKES'), refuses);
  }

  /** Of the command `up`. */
  get options(): string[] {
    const nodes = { TAKES: this.takes, REFUSES: this.refuses };
    return Object.entries(nodes).flatMap(([aet, { port }]) => ['--destination', `${aet}=127.0.0.1:${String(port)}`]);
  }

  async round(ready: Ready): Promise<void> {
    const caller = new Caller(ready);
    const seriesUid = freshUid();
    const answered = ctStudy(SLICES, freshUid(), seriesUid);
    await store(ready, answered.slices, seriesUid);
    const tooFew = ctStudy(2);
    await stow(caller, tooFew.slices);
    for (const { studyUid } of [answered, tooFew]) await caller.call(`/v1/studies/${studyUid}/go`, { method: 'POST' });
    await reached(caller, tooFew.studyUid, 'skipped', { withinMs: ENDS_WITHIN_MS });
    await reached(caller, answered.studyUid, 'failed', { withinMs: ENDS_WITHIN_MS });
  }

  async stop(): Promise<void> {
    await Promise.all([this.takes.close(), this.refuses.close()]);
  }
}

/** @param seriesUid what the UIDs of the slices begin with */
async function store({ dimse, aet }: Ready, slices: readonly Buffer[], seriesUid: string): Promise<void> {
  const [host = '', port] = dimse.split(':');
  const association = await associate({
    host,
    port: Number(port),
    callingAet: 'SCANNER',
    calledAet: aet,
    contexts: [{ abstractSyntax: CT_IMAGE, transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN] }],
  });
  for (const [at, slice] of slices.entries()) {
    const { status } = await association.store({
      sopClassUid: CT_IMAGE,
      sopInstanceUid: `${seriesUid}.${String(at + 1)}`,
      transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
      dataSet: slice.subarray(readPart10Head(slice).dataSetOffset),
    });
    if (status !== 0) throw new Error(`a slice was answered ${status.toString(16)}`);
  }
  await association.release();
}
