import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, credentials } from '@grpc/grpc-js';
import { GRPCInferenceServiceClient, type ModelInferRequest } from '@medserve/contracts/oip';
import { withConnection } from '@medserve/storage';
import { identityOnnx, sumAndDifferenceOnnx, writeTritonModel } from '@medserve/testkit';
import { Canaries, type Finding } from '../support/canaries';
import { findInDatabase } from '../support/canary-database';
import { canaryDicom, canaryNifti } from '../support/canary-files';
import { Caller, type Call } from '../support/caller';
import { NativeClient } from '../support/native-client';
import { Platform, runMedserve, until } from '../support/platform';
import { startTelemetryCollector, type TelemetryCollector } from '../support/telemetry-collector';

const LONG_MS = 240_000;
const ECHO =
  'input [ { name: "x" data_type: TYPE_STRING dims: [ -1 ] } ] output [ { name: "y" data_type: TYPE_STRING dims: [ -1 ] } ]';

describe('the scan for canaries', () => {
  it('finds one wherever and however it is written', () => {
    const canaries = new Canaries();
    const folder = mkdtempSync(join(tmpdir(), 'medserve-scan-'));
    const id = canaries.identifier('the id');
    const number = canaries.number('the number');
    const forms: Record<string, Buffer> = {
      plain: Buffer.from(`{"patient":"${id}"}`),
      lower: Buffer.from(`x${id.toLowerCase()}x`),
      utf16: Buffer.from(`x${id}`, 'utf16le'),
      hex: Buffer.from(Buffer.from(`xx${id}`).toString('hex')),
      base64a: Buffer.from(Buffer.from(`a${id}`).toString('base64')),
      base64b: Buffer.from(Buffer.from(`ab${id}`).toString('base64')),
      base64c: Buffer.from(Buffer.from(`abc${id}`).toString('base64')),
      digits: Buffer.from(`1.2.${number}`),
    };
    mkdirSync(join(folder, 'deep', 'down'), { recursive: true });
    for (const [name, bytes] of Object.entries(forms)) {
      writeFileSync(join(folder, 'deep', 'down', name), bytes);
      expect({ name, found: canaries.find(bytes, 'here').length > 0 }).toEqual({ name, found: true });
    }
    expect(canaries.findInFolder(folder).length).toBeGreaterThanOrEqual(Object.keys(forms).length);
    expect(canaries.findInFolder(folder)).toContainEqual({
      canary: 'the id',
      where: join(folder, 'deep', 'down', 'plain'),
    });
    expect(canaries.find(Buffer.from('BCDFGHJKLM0000'), 'here')).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

describe.each(['single', 'split'] as const)('what a caller sends, shape %s', (shape) => {
  const canaries = new Canaries();
  /** Names by which a caller addresses something: its own refusal may repeat them to it, and nothing else may. */
  const names = new Set<string>();
  const inAnswers: Finding[] = [];
  let platform: Platform;
  let collector: TelemetryCollector;
  let caller: Caller;
  let repository: string;

  beforeAll(async () => {
    repository = mkdtempSync(join(tmpdir(), 'medserve-canary-'));
    await writeTritonModel(repository, { name: 'echo', versions: { '1': identityOnnx('BYTES') }, config: ECHO });
    await writeTritonModel(repository, { name: 'sums', versions: { '1': sumAndDifferenceOnnx() } });
    collector = await startTelemetryCollector();
    platform = await Platform.start({
      shape,
      models: [repository],
      environment: {
        MEDSERVE_LOG_LEVEL: 'debug',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '200',
      },
    });
    caller = new Caller(platform.ready);
  }, LONG_MS);

  afterAll(async () => {
    await platform.remove();
    await collector.close();
    rmSync(repository, { recursive: true, force: true });
  }, 60_000);

  const text = (place: string): string => canaries.text(place);
  const name = (place: string): string => {
    names.add(place);
    return canaries.text(place);
  };

  /** A call with canaries in everything that surrounds the body; what comes back is looked through. */
  async function call(what: string, path: string, options: Call = {}): Promise<number> {
    const headers = {
      'user-agent': text(`${what}: user agent`),
      'x-request-id': text(`${what}: x-request-id`),
      'x-unheard-of': text(`${what}: unknown header`),
      traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
      tracestate: `hospital=${text(`${what}: tracestate`)}`,
      baggage: `patient=${text(`${what}: baggage`)}`,
      referer: `http://ris/${text(`${what}: referer`)}`,
      ...options.headers,
    };
    const reply = await caller.call(path, { ...options, headers });
    const told = Buffer.concat([Buffer.from(JSON.stringify([...reply.headers])), reply.bytes]);
    inAnswers.push(...canaries.find(told, `answer ${String(reply.status)} to ${what}`));
    return reply.status;
  }

  const post = (what: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<number> =>
    call(what, path, {
      method: 'POST',
      headers,
      body: new Uint8Array(
        body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      ),
    });

  const dicom = (what: string, damage?: Parameters<typeof canaryDicom>[2]): Buffer =>
    canaryDicom(canaries, what, damage);

  function form(what: string, files: readonly Buffer[], request: object = {}): FormData {
    const body = new FormData();
    body.set('request', JSON.stringify(request));
    for (const [index, file] of files.entries()) {
      body.append('file', new Blob([new Uint8Array(file)]), `${text(`${what}: file name ${String(index)}`)}.dcm`);
    }
    return body;
  }

  it(
    'is answered and refused as ever',
    async () => {
      const octets = { 'content-type': 'application/dicom' };
      const asked = {
        'x-medserve-patient-key': canaries.identifier('patient key'),
        'idempotency-key': text('idempotency key'),
      };
      const statuses = {
        dicom: await post('a DICOM object', '/v1/infer', dicom('a DICOM object'), { ...octets, ...asked }),
        again: await post('the same key again', '/v1/infer', dicom('another object'), { ...octets, ...asked }),
        form: await call('a form', '/v1/infer', {
          method: 'POST',
          body: form('a form', [dicom('a form')], { question: text('question') }),
        }),
        job: await call('a job', '/v1/jobs', {
          method: 'POST',
          body: form('a job', [dicom('a job')], { question: text('question of a job') }),
        }),
        nifti: await post('a NIfTI file', '/v1/infer?modality=mr3d', canaryNifti(canaries, 'a NIfTI file'), {
          'content-type': 'application/octet-stream',
        }),
        query: await post(
          'an unknown member',
          `/v1/infer?${name('name of a query member')}=${text('value of a query member')}`,
          dicom('with a query'),
          octets,
        ),
        parameters: await call('parameters', '/v1/infer', {
          method: 'POST',
          body: form('parameters', [dicom('parameters')], {
            parameters: { [name('name of a parameter')]: text('parameter') },
          }),
        }),
        modality: await post('a modality', `/v1/infer?modality=${text('modality')}`, dicom('with a modality'), octets),
        model: await post('a model', `/v1/infer?model=${name('name of a model')}`, dicom('with a model'), octets),
        task: await post('a task', `/v1/infer?task=${name('name of a task')}`, dicom('with a task'), octets),
        patientKey: await post('a bad patient key', '/v1/infer', dicom('with a bad key'), {
          ...octets,
          'x-medserve-patient-key': `${text('bad patient key')} x`,
        }),
        path: await call('a path', `/v1/${text('path')}`),
        result: await call('a result', `/v1/results/${text('result id')}`),
        audit: await call('a record', `/v1/audit/${text('record id')}`),
        // On the paths of OpenAI's API callers are told their own request id, and nothing else of theirs.
        wrongKey: await call('a wrong credential', '/v1/jobs', { authorization: `Bearer ${text('credential')}` }),
        mediaType: await post('a media type', '/v1/infer', 'x', { 'content-type': `text/${text('media type')}` }),
        text: await post('text', '/v1/infer', text('text'), { 'content-type': 'text/plain' }),
      };
      for (const damage of [
        'truncated',
        'syntax',
        'photometric',
        'modality',
        'no-pixels',
        'bits',
        'sequence',
      ] as const) {
        await post(`damaged (${damage})`, '/v1/infer', dicom(`damaged (${damage})`, damage), octets);
      }
      await call('two patients', '/v1/infer', {
        method: 'POST',
        body: form('two patients', [dicom('one of two'), dicom('two of two')]),
      });
      await post(
        'half a form',
        '/v1/infer',
        `--x\r\nContent-Disposition: form-data; name="${name('part name')}"; filename="${text('file name')}"\r\n\r\n${text('part')}`,
        { 'content-type': 'multipart/form-data; boundary=x' },
      );
      await post('broken JSON', '/v1/cache/purge', `{"patientKey":"${canaries.identifier('in broken JSON')}",,}`, {
        'content-type': 'application/json',
      });
      await post(
        'a purge',
        '/v1/cache/purge',
        { patientKey: canaries.identifier('in a purge') },
        { 'content-type': 'application/json' },
      );
      expect(statuses).toMatchObject({
        dicom: 200,
        form: 200,
        job: 202,
        query: 400,
        modality: 400,
        model: 404,
        task: 404,
        patientKey: 400,
        path: 404,
        result: 404,
        audit: 404,
        wrongKey: 401,
        text: 415,
      });
      expect([200, 422]).toContain(statuses.again);
    },
    LONG_MS,
  );

  it(
    'is answered and refused as ever by the Open Inference Protocol',
    async () => {
      const infer = (what: string, body: unknown, model = 'echo', headers: Record<string, string> = {}) =>
        post(what, `/v2/models/${model}/infer`, body, { 'content-type': 'application/json', ...headers });
      const input = (value: string, of: object = {}) => ({
        inputs: [{ name: 'x', shape: [1], datatype: 'BYTES', data: [value], ...of }],
      });
      const statuses = {
        // An answer gives back what the model made of its input: what it may not do is leave a trace of it.
        bytes: (
          await caller.call('/v2/models/echo/infer', {
            method: 'POST',
            headers: { 'x-medserve-patient-key': canaries.identifier('patient key of a tensor') },
            body: new Uint8Array(
              Buffer.from(JSON.stringify({ id: text('OIP request id'), ...input(text('BYTES tensor')) })),
            ),
          })
        ).status,
        tensor: await infer('a tensor name', input(text('in a wrong tensor'), { name: name('name of a tensor') })),
        datatype: await infer('a datatype', input(text('of a wrong datatype'), { datatype: text('datatype') })),
        data: await infer(
          'wrong data',
          { inputs: [{ name: 'a', shape: [1, 4], datatype: 'FP32', data: [text('element'), 1, 2, 3] }] },
          'sums',
        ),
        output: await infer('an output name', { ...input('x'), outputs: [{ name: name('name of an output') }] }),
        parameter: await infer('a request parameter', {
          ...input('x'),
          parameters: { [name('OIP parameter name')]: text('OIP parameter') },
        }),
        sequence: await infer('a sequence id', {
          ...input('x'),
          parameters: { sequence_id: { x: text('sequence id') } },
        }),
        model: await infer('an unknown model', input('x'), name('name of a Triton model')),
        broken: await infer(
          'broken JSON of tensors',
          `{"inputs":[{"name":"x","data":["${text('before the error')}" "${text('at the error')}"]}]}`,
        ),
        binary: await infer('a binary header', Buffer.from(`{"inputs":[${text('in a binary request')}`), 'echo', {
          'inference-header-content-length': '14',
        }),
        load: await post('a load', `/v2/repository/models/${name('name to load')}/load`, {
          parameters: { config: text('config') },
        }),
      };
      expect(statuses).toMatchObject({
        bytes: 200,
        tensor: 400,
        datatype: 400,
        data: 400,
        output: 400,
        model: 404,
        broken: 400,
      });
    },
    LONG_MS,
  );

  it(
    'is answered and refused as ever over gRPC',
    async () => {
      const tell = (what: string) => (error: unknown) => {
        const { details = '', metadata } = error as { details?: string; metadata?: Metadata };
        inAnswers.push(
          ...canaries.find(Buffer.from(details + JSON.stringify(metadata?.getMap() ?? {})), `gRPC status of ${what}`),
        );
        return undefined;
      };
      const native = new NativeClient(platform.ready);
      const files = (what: string, damage?: Parameters<typeof canaryDicom>[2]) => [
        { data: dicom(what, damage), mediaType: text(`${what}: media type`) },
      ];
      await native
        .infer({
          files: files('over gRPC'),
          idempotencyKey: text('gRPC idempotency key'),
          question: text('gRPC question'),
        })
        .answer.catch(tell('a DICOM object'));
      await native.infer({ files: files('damaged over gRPC', 'truncated') }).answer.catch(tell('a damaged object'));
      await native
        .infer({ files: files('gRPC modality'), modality: text('gRPC modality') })
        .answer.catch(tell('a modality'));
      await native.infer({ files: files('gRPC model'), model: name('gRPC model') }).answer.catch(tell('a model'));
      native.close();

      const client = new GRPCInferenceServiceClient(platform.ready.grpc, credentials.createInsecure());
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${platform.ready.key}`);
      metadata.set('x-medserve-patient-key', canaries.identifier('gRPC patient key'));
      metadata.set('x-unheard-of', text('gRPC metadata'));
      metadata.set('grpc-trace-bin', Buffer.from(text('gRPC binary metadata')));
      const ask = (what: string, model: string, tensor: string) =>
        new Promise<void>((resolve) => {
          const bytes = Buffer.from(text(`${what}: bytes`));
          const length = Buffer.alloc(4);
          length.writeUInt32LE(bytes.length);
          const request: ModelInferRequest = {
            modelName: model,
            modelVersion: '',
            id: text(`${what}: id`),
            parameters: {},
            inputs: [{ name: tensor, datatype: 'BYTES', shape: [1], parameters: {}, contents: undefined }],
            outputs: [],
            rawInputContents: [Buffer.concat([length, bytes])],
          };
          client.modelInfer(request, metadata, (error) => {
            if (error !== null) tell(what)(error);
            resolve();
          });
        });
      await ask('a tensor over gRPC', 'echo', 'x');
      await ask('an unknown model over gRPC', name('gRPC Triton model'), 'x');
      await ask('an unknown tensor over gRPC', 'echo', name('gRPC tensor'));
      client.close();
    },
    LONG_MS,
  );

  it(
    'is answered and refused as ever by what is there for auditors and administrators',
    async () => {
      const json = { 'content-type': 'application/json' };
      const patient = (what: string) => ({
        id: canaries.identifier(`${what}: patient`),
        issuer: canaries.identifier(`${what}: issuer`),
      });
      const statuses = {
        search: await post('a search by patient', '/v1/audit/search', { patient: patient('a search') }, json),
        byKey: await post(
          'a search by key',
          '/v1/audit/search',
          { patientKey: canaries.identifier('searched key') },
          json,
        ),
        byWord: await post(
          'a search by words',
          '/v1/audit/search',
          { subject: text('subject'), model: text('model') },
          json,
        ),
        address: await call(
          'a search in an address',
          `/v1/audit?subject=${text('searched subject')}&actor=${text('actor')}`,
        ),
      };
      await post(
        'a broken glass',
        '/v1/break-glass',
        { reason: 'emergency_treatment', patient: patient('a broken glass') },
        json,
      );
      await post('a reason', '/v1/break-glass', { reason: text('reason'), patient: patient('a wrong reason') }, json);
      await post(
        'a review',
        `/v1/results/${text('reviewed id')}/review`,
        { verdict: text('verdict'), note: text('note') },
        json,
      );
      await call('a key', `/v1/keys/${text('key id')}`, { method: 'DELETE' });
      await post('a new key', '/v1/keys', `{"label":"${text('in a broken key')}",`, json);
      await post('a token', '/oauth/token', `grant_type=${text('grant')}&client_assertion=${text('assertion')}`, {
        'content-type': 'application/x-www-form-urlencoded',
      });
      await call('quotas', `/v1/quotas/${text('quota')}`, { method: 'PUT', body: new Uint8Array(Buffer.from('{')) });
      await call('usage', `/v1/usage?by=${text('dimension')}`);
      await call('statistics', `/v2/models/${name('name of statistics')}/stats`);
      expect(statuses).toEqual({ search: 200, byKey: 200, byWord: 200, address: 200 });
    },
    LONG_MS,
  );

  it('is found in no refusal, but for the names by which the caller asked', () => {
    expect(inAnswers.filter(({ canary }) => !names.has(canary))).toEqual([]);
  });

  it('is found in no metric and no trace', async () => {
    expect(canaries.find((await caller.call('/metrics')).bytes, '/metrics')).toEqual([]);
    await until('the spans of a request', () => collector.spans().some(({ name }) => name === 'request'));
    expect(collector.received.flatMap(({ path, body }) => canaries.find(body, `telemetry ${path}`))).toEqual([]);
  }, 60_000);

  /** Planted by the test itself where the platform plants nothing: a scan that does not find it sees nothing at all. */
  const CONTROL = 'the control';
  const butForTheControl = (findings: readonly Finding[]): Finding[] => {
    expect(findings).toContainEqual(expect.objectContaining({ canary: CONTROL }));
    return findings.filter(({ canary }) => canary !== CONTROL);
  };

  it('is found in no row of the database', async () => {
    const { databaseUrl } = JSON.parse(readFileSync(join(platform.ready.home, 'running.json'), 'utf8')) as {
      databaseUrl: string;
    };
    await withConnection(databaseUrl, async (connection) => {
      await connection.query('CREATE TABLE control (bytes bytea)');
      await connection.query('INSERT INTO control VALUES ($1)', [Buffer.from(canaries.text(CONTROL))]);
    });
    expect(butForTheControl(await findInDatabase(canaries, databaseUrl))).toEqual([]);
  }, 60_000);

  it(
    'is found in no log that is exported, nor in any file of the home, its database’s included',
    async () => {
      const { home } = platform.ready;
      const exported = join(home, 'exported');
      expect(await runMedserve('audit', 'export', exported, '--home', home)).toMatchObject({ status: 0 });
      await platform.stop();
      expect(canaries.find(Buffer.from(platform.output), 'output')).toEqual([]);
      writeFileSync(join(home, 'logs', 'control.log'), canaries.text(CONTROL));
      const findings = canaries.findInFolder(home);
      const isEmbedded = existsSync(join(home, 'postgres'));
      expect(findings.some(({ where }) => where.startsWith(join(home, 'postgres')))).toBe(isEmbedded);
      expect(butForTheControl(findings)).toEqual([]);
    },
    LONG_MS,
  );
});
