import { dicomFile, image } from '@medserve/testkit';
import { Caller, type Reply } from '../support/caller';
import { phantom } from '../support/phantom';
import { runMedserve, type Ready } from '../support/platform';
import { descendants } from '../support/processes';
import { syntheticSeries, syntheticSlice } from '../support/synthetic';

const DICOM = 'application/dicom';
const CLASSES = ['stat', 'urgent', 'routine', 'research'] as const;
const SIDE = 64;

/** Slices of air: whoever measures tissue in them had better not answer. */
const seriesOfAir = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) =>
    dicomFile(
      image(SIDE, SIDE, {
        0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
        0x00080018: ['UI', `1.2.3.4.7.${String(index)}`],
        0x00080060: ['CS', 'CT'],
        0x00180050: ['DS', 5],
        0x0020000e: ['UI', '1.2.3.4.8'],
        0x00200032: ['DS', [0, 0, index * 5]],
        0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
        0x00280030: ['DS', [1, 1]],
        0x00281052: ['DS', -1024],
        0x00281053: ['DS', 1],
        0x7fe00010: ['OW', Buffer.alloc(SIDE * SIDE * 2, Buffer.from([24, 0]))],
      }),
    ),
  );

/** What happens at a hospital in a day, in seconds: everything that a dashboard of the platform has a panel for. */
export class Traffic {
  private readonly all: Caller;
  private seed = 0;

  constructor(
    private readonly ready: Ready,
    /** A model that a server elsewhere runs. */
    private readonly poolModel: string,
  ) {
    this.all = new Caller(ready);
  }

  /** Of each kind once. A second round makes counters grow that the first one made. */
  async round(): Promise<void> {
    await this.nobodyWaits();
    await this.images();
    await this.writing();
    await this.tensors();
    await this.turnedAway();
    await this.reviews();
    await this.emergency();
  }

  /** Enough answers of one model for its distributions to be compared. */
  async manyImages(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.slice({ class: CLASSES[index % CLASSES.length]! });
  }

  /** A quota of one request a day, for a client that has used it up. */
  async exhaustedQuota(): Promise<void> {
    const client = await this.somebody('infer');
    const home = ['--home', this.ready.home];
    const { status, stderr } = await runMedserve(
      ...['quotas', 'set', 'requests', '--limit', '0', '--window', '1d', '--client', client.id],
      ...home,
    );
    if (status !== 0) throw new Error(stderr);
    const givesUpAt = Date.now() + 30_000;
    while ((await client.caller.infer(this.newSlice(), DICOM)).status !== 429)
      if (Date.now() > givesUpAt) throw new Error('the quota did not bind in time');
  }

  /** Ends the processes of all models as a lack of memory would. The next requests start others. */
  killHosts(): void {
    for (const { pid, command } of descendants(this.ready.pid))
      if (command.includes('host-main')) process.kill(pid, 'SIGKILL');
  }

  /** The pool's model is read anew: where its files have changed, another process takes the place of the one that has it. */
  async reload(): Promise<void> {
    await this.chat();
    const { status, bytes } = await this.send(this.all, `/v2/repository/models/${this.poolModel}/load`, {});
    if (status !== 200) throw new Error(`the model was not read anew: ${bytes.toString()}`);
  }

  private newSlice(): Buffer {
    return syntheticSlice((this.seed += 1));
  }

  private slice(query: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.all.infer(this.newSlice(), DICOM, query);
  }

  private send(caller: Caller, path: string, body: object, headers = {}): Promise<Reply> {
    return caller.call(path, { method: 'POST', headers, body: new Uint8Array(Buffer.from(JSON.stringify(body))) });
  }

  private async somebody(...scopes: string[]) {
    const { json } = await this.send(this.all, '/v1/keys', { label: 'somebody', scopes, department: 'radiology' });
    return { id: String(json['id']), caller: new Caller({ ...this.ready, key: String(json['key']) }) };
  }

  /** For a pool that has to start first: who can wait that long, and who cannot. */
  private async nobodyWaits(): Promise<void> {
    await this.slice({ deadlineMs: '300' });
    await this.all.inferFiles(syntheticSeries(4), {}, '/v1/infer', { prefer: 'wait=0' });
  }

  private async images(): Promise<void> {
    for (const name of CLASSES) await this.slice({ class: name });
    await this.all.inferFiles(syntheticSeries(4));
    await this.all.inferFiles(seriesOfAir(4));
    const picture = await phantom([{ kind: 'disc', x: 0.3, y: 0.5, r: 0.2 }]);
    for (const modality of ['fundus', 'pathology'])
      await this.all.inferFiles([picture], { modality, allowMismatch: true });
  }

  /** Answers in words, of our own engine and of a server elsewhere. */
  async writing(): Promise<void> {
    const picture = await phantom([{ kind: 'square', x: 0.6, y: 0.5, r: 0.2 }]);
    for (const model of ['vqa-small', this.poolModel]) {
      const question = { task: 'answer', question: 'Is there a square?', parameters: { form: 'closed' } };
      await this.all.inferFiles([picture], { ...question, modality: 'radiology', allowMismatch: true, model });
    }
    await this.chat();
  }

  private async chat(): Promise<void> {
    await this.send(this.all, '/v1/chat/completions', {
      model: this.poolModel,
      messages: [{ role: 'user', content: 'hello' }],
    });
  }

  private async tensors(): Promise<void> {
    await this.send(this.all, '/v2/models/text-embed/infer', {
      inputs: [{ name: 'text', shape: [1, 1], datatype: 'BYTES', data: ['a nodule in the left upper lobe'] }],
    });
  }

  private async turnedAway(): Promise<void> {
    await this.all.infer(Buffer.from('no image at all'), DICOM);
    await this.slice({ model: 'nobody-has-this' });
    await this.all.call('/v1/models', { authorization: 'Bearer of-nobody' });
    const { caller } = await this.somebody('result:read');
    await caller.infer(this.newSlice(), DICOM);
  }

  private async reviews(): Promise<void> {
    const verdicts = [{ verdict: 'attested' }, { verdict: 'overridden', reason: 'wrong_finding' }];
    for (let index = 0; index < 12; index += 1) {
      const { json } = await this.slice();
      await this.send(this.all, `/v1/results/${String(json['id'])}/review`, verdicts[index % 3 === 0 ? 1 : 0]!);
    }
  }

  private async emergency(): Promise<void> {
    const nurse = await this.somebody('infer', 'break-glass:request');
    const doctor = await this.somebody('break-glass:approve');
    const answer = String((await this.slice()).json['id']);
    const { json } = await this.send(nurse.caller, '/v1/break-glass', { reason: 'emergency_treatment' });
    const grant = String(json['id']);
    await this.send(doctor.caller, `/v1/break-glass/${grant}/approve`, { minutes: 5 });
    await nurse.caller.call(`/v1/results/${answer}`, { headers: { 'x-medserve-break-glass': grant } });
    await doctor.caller.call(`/v1/break-glass/${grant}`, { method: 'DELETE' });
  }
}
