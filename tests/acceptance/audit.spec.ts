import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import canonicalize from 'canonicalize';
import { decodeBundle, leafHash, openNote, parseCheckpoint, provesInclusion } from '@medserve/ledger';
import { NativeClient } from '../support/native-client';
import { Caller, type Reply } from '../support/caller';
import { Platform, runMedserve } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';

interface Entry {
  readonly sequence: number;
  readonly hash: string;
  readonly event: {
    readonly event: string;
    readonly actor: string;
    readonly subject?: string;
    readonly reason?: string;
    readonly purpose?: string;
    readonly facts?: Readonly<Record<string, unknown>>;
  };
}

const NOWHERE = '0192f0a0-0000-7000-8000-000000000000';

describe.each(['single', 'split'] as const)('the audit of a platform, shape %s', (shape) => {
  let platform: Platform;
  let all: Caller;
  /** The id of an answer about a patient. */
  let answer: string;

  beforeAll(async () => {
    platform = await Platform.start({ shape });
    all = new Caller(platform.ready);
    answer = String((await all.infer(syntheticSlice(), 'application/dicom')).json['id']);
  }, 120_000);
  afterAll(() => platform.remove(), 30_000);

  const send = (caller: Caller, path: string, body: object, method = 'POST', headers = {}): Promise<Reply> =>
    caller.call(path, { method, headers, body: new Uint8Array(Buffer.from(JSON.stringify(body))) });

  /** Somebody with a key of their own. */
  const somebody = async (...scopes: string[]) => {
    const { status, json } = await send(all, '/v1/keys', { label: 'somebody', scopes });
    expect(status).toBeLessThan(300);
    const ready = { ...platform.ready, key: String(json['key']) };
    return { ready, caller: new Caller(ready), id: String(json['id']) };
  };

  const entries = async (query: Readonly<Record<string, string>>): Promise<Entry[]> => {
    const { status, json } = await all.call(`/v1/audit?${new URLSearchParams(query).toString()}`);
    expect(status).toBe(200);
    return json['entries'] as unknown as Entry[];
  };
  const eventsAbout = async (subject: string): Promise<string[]> =>
    (await entries({ subject })).map(({ event }) => event.event).reverse();

  it('has every read of a result on record', async () => {
    const { caller, id } = await somebody('result:read');
    expect((await caller.call(`/v1/results/${answer}`)).status).toBe(200);
    const [read] = await entries({ actor: id, event: 'result_read' });
    expect(read?.event).toMatchObject({ subject: `result:${answer}`, outcome: 'success' });
  }, 30_000);

  it('has on record who was refused what, of a scope and of an id, without a word of what was written', async () => {
    const { caller, id } = await somebody('infer');
    expect((await caller.call(`/v1/results/${answer}`)).status).toBe(403);
    expect((await all.call(`/v1/results/${NOWHERE}`)).status).toBe(404);
    expect((await caller.call('/v1/results/Jane%20Doe')).status).toBe(403);
    const denied = await entries({ actor: id, event: 'access_denied' });
    expect(denied.map(({ event }) => `${String(event.subject)} ${String(event.reason)}`)).toEqual([
      'route:/v1/results/:id forbidden',
      'route:/v1/results/:id forbidden',
    ]);
    expect((await entries({ subject: `result:${NOWHERE}` }))[0]?.event).toMatchObject({ reason: 'not_found' });
  }, 30_000);

  it('has on record who was refused at the gRPC door', async () => {
    const { ready, id } = await somebody('audit:read');
    const client = new NativeClient(ready);
    await expect(client.infer({}).answer).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    client.close();
    const [denied] = await entries({ actor: id, event: 'access_denied' });
    expect(denied?.event).toMatchObject({ subject: 'route:/medserve.v1.MedServe/Infer', reason: 'forbidden' });
  }, 30_000);

  it('has on record who changes models and forgets answers', async () => {
    const model = 'organ-modality';
    expect((await send(all, `/v2/repository/models/${model}/unload`, {})).status).toBe(200);
    expect((await send(all, `/v2/repository/models/${model}/load`, {})).status).toBe(200);
    expect((await send(all, '/v1/cache/purge', { model })).status).toBe(200);
    const about = await entries({ model });
    const changes = about.map(({ event }) => event.event).filter((event) => event.startsWith('model_'));
    expect(changes).toEqual(['model_loaded', 'model_unloaded']);
    expect(await entries({ event: 'cache_purged' })).toHaveLength(1);
  }, 60_000);

  it('finds the records about a patient by the id in the header, which is in no address and no record', async () => {
    const patient = { id: 'NOBODY' };
    const found = await send(all, '/v1/audit/search', { patient });
    expect(found.json['entries']).toEqual([]);
    // The newest is this very search.
    const [, told] = await entries({ limit: '2', subject: 'audit:search' });
    expect(told?.event.facts?.['patient']).toMatch(/^[0-9a-f]{64}$/);
    expect((await all.call('/v1/audit?patient=NOBODY')).status).toBe(400);
  }, 30_000);

  it('gives the records of a request as FHIR AuditEvents where they are asked for', async () => {
    const { headers, json } = await all.call(`/v1/audit/${answer}`, { headers: { accept: 'application/fhir+json' } });
    expect(headers.get('content-type')).toContain('application/fhir+json');
    expect(json).toMatchObject({
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'AuditEvent', action: 'E' } }, { resource: { action: 'C', outcome: '0' } }],
    });
  }, 30_000);

  it('gives what a search found as FHIR AuditEvents, page by page, and keeps a patient out of the addresses', async () => {
    const accept = { accept: 'application/fhir+json' };
    const linkOf = ({ json }: Reply, wanted: string): string | undefined =>
      (json['link'] as unknown as { relation: string; url: string }[]).find(({ relation }) => relation === wanted)?.url;
    const idsOf = ({ json }: Reply): string[] =>
      (json['entry'] as unknown as { resource: { id: string } }[]).map(({ resource }) => resource.id);

    const first = await all.call('/v1/audit?subject=audit:search&limit=2', { headers: accept });
    expect(first.headers.get('content-type')).toContain('application/fhir+json');
    expect(first.json).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    const second = await all.call(linkOf(first, 'next') ?? '', { headers: accept });
    expect(idsOf(first)).toHaveLength(2);
    expect(idsOf(second)).not.toContain(idsOf(first)[1]);

    const patient = { id: 'NOBODY' };
    const found = await send(all, '/v1/audit/search', { patient }, 'POST', accept);
    expect(found.json).toMatchObject({ type: 'searchset', link: [{ url: '/v1/audit/search' }], entry: [] });
    const body = { subject: 'audit:search', limit: 1 };
    const posted = await send(all, '/v1/audit/search', body, 'POST', accept);
    const next = linkOf(posted, 'next') ?? '';
    expect(next).toMatch(/^\/v1\/audit\/search\?cursor=\d+$/);
    expect(idsOf(await send(all, next, body, 'POST', accept))).not.toEqual(idsOf(posted));
    expect((await send(all, '/v1/audit/search?patient=NOBODY', {})).status).toBe(400);
  }, 30_000);

  it('gives the log as tiles that lead from an entry to the signed root', async () => {
    // A proof signs the log as it is now.
    const { stdout } = await runMedserve('audit', 'prove', answer, '--json', '--home', platform.ready.home);
    const proof = JSON.parse(stdout) as {
      checkpoint: string;
      records: { leaf: string; index: number; path: string[] }[];
    };
    const key = (await all.call('/v1/audit/log/key')).bytes.toString();
    const note = (await all.call('/v1/audit/log/checkpoint')).bytes.toString();
    const { size, root } = parseCheckpoint(openNote(note, key));
    expect(size).toBeGreaterThan(1);
    const width = Math.min(size, 256);
    const partial = width === 256 ? '' : `.p/${String(width)}`;
    const bundle = await all.call(`/v1/audit/log/tile/entries/000${partial}`);
    expect(bundle.headers.get('cache-control')).toContain('immutable');
    expect(bundle.headers.get('vary')).toBe('authorization, cookie');
    const leaves = decodeBundle(bundle.bytes);
    const tile = (await all.call(`/v1/audit/log/tile/0/000${partial}`)).bytes;
    expect(tile.equals(Buffer.concat(leaves.map((leaf) => leafHash(leaf))))).toBe(true);
    expect(proof.checkpoint).toBe(note);
    for (const { leaf, index, path } of proof.records) {
      const hash = leafHash(Buffer.from(leaf, 'base64'));
      const hashes = path.map((text) => Buffer.from(text, 'base64'));
      expect(provesInclusion(hash, index, size, hashes, root)).toBe(true);
    }
    expect((await all.call('/v1/audit/log/tile/0/999')).status).toBe(404);
    expect((await all.call('/v1/audit/log/tile/0/0')).status).toBe(404);
    const { caller } = await somebody('audit:read');
    expect((await caller.call('/v1/audit/log/checkpoint')).status).toBe(403);
  }, 60_000);

  it('keeps what people say of a result, the latest of which stands', async () => {
    const { caller } = await somebody('result:attest', 'result:read');
    const path = `/v1/results/${answer}/review`;
    expect((await send(caller, path, { verdict: 'overridden' })).status).toBe(400);
    expect((await send(caller, path, { verdict: 'overridden', reason: 'missed_finding' })).status).toBe(201);
    expect((await send(caller, path, { verdict: 'attested' })).status).toBe(201);
    const { json } = await caller.call(path);
    expect(json).toMatchObject({ standing: { verdict: 'attested' }, reviews: [{}, { reason: 'missed_finding' }] });
    expect((await eventsAbout(`result:${answer}`)).slice(-2)).toEqual(['result_overridden', 'result_attested']);
    const metrics = (await all.call('/metrics')).bytes.toString();
    expect(metrics).toMatch(/medserve_reviews_total\{[^}]*verdict="overridden"[^}]*\} 1/);
    expect((await send(caller, `/v1/results/${NOWHERE}/review`, { verdict: 'attested' })).status).toBe(404);
  }, 30_000);

  it('keeps what would be right beside a verdict, and the hash of it in the ledger', async () => {
    const { caller, id: actor } = await somebody('result:attest', 'result:read');
    const path = `/v1/results/${answer}/review`;
    const override = (...corrections: object[]): Promise<Reply> =>
      send(caller, path, { verdict: 'overridden', reason: 'wrong_finding', corrections });
    const { json: document } = await all.call(`/v1/results/${answer}`);
    const { labels } = document['answer'] as unknown as {
      labels: { code: string; system?: string; display: string }[];
    };
    const { code, system, display } = labels[1]!;
    const relabel = { target: 'answer', action: 'relabel', index: 0, label: { code, system } };
    for (const wrong of [
      { ...relabel, index: 99 },
      { ...relabel, target: 'parts/99' },
      { ...relabel, label: { code, system, display: 'Jane Doe' } },
      { target: 'answer', action: 'add', box: { x: 0, y: 0, width: 1, height: 1 } },
    ])
      expect((await override(wrong)).json).toMatchObject({ status: 400, code: 'invalid_request' });
    expect((await override(relabel)).status).toBe(201);
    const { standing } = (await caller.call(path)).json as unknown as {
      standing: { corrections: object[]; salt: string };
    };
    const { corrections, salt } = standing;
    expect(corrections).toEqual([{ ...relabel, label: { code, system, display } }]);
    const [entry] = await entries({ subject: `result:${answer}`, event: 'result_overridden', actor });
    const plain = canonicalize({ corrections, salt }) ?? '';
    expect(entry?.event.facts?.['corrections']).toBe(createHash('sha256').update(plain).digest('hex'));
  }, 30_000);

  it('opens what is shut in an emergency: to who asked, once another approved, each read on record', async () => {
    const nurse = await somebody('infer', 'break-glass:request', 'break-glass:approve');
    const doctor = await somebody('break-glass:approve');
    const asked = await send(nurse.caller, '/v1/break-glass', { reason: 'emergency_treatment' });
    expect(asked).toMatchObject({ status: 201, json: { state: 'pending' } });
    const id = String(asked.json['id']);
    const read = (caller: Caller, grant = id): Promise<Reply> =>
      caller.call(`/v1/results/${answer}`, { headers: { 'x-medserve-break-glass': grant } });
    expect((await read(nurse.caller)).json).toMatchObject({ status: 403, code: 'break_glass_refused' });
    const approve = (caller: Caller): Promise<Reply> => send(caller, `/v1/break-glass/${id}/approve`, { minutes: 5 });
    expect((await approve(nurse.caller)).json).toMatchObject({ status: 403, code: 'break_glass_refused' });
    expect((await approve(doctor.caller)).json).toMatchObject({ state: 'open', approver: doctor.id });
    expect((await approve(doctor.caller)).status).toBe(403);

    expect((await read(nurse.caller)).status).toBe(200);
    expect((await nurse.caller.call(`/v1/results/${answer}`)).status).toBe(403);
    expect((await read(doctor.caller)).json).toMatchObject({ code: 'break_glass_refused' });
    expect((await read(nurse.caller, NOWHERE)).json).toMatchObject({ code: 'break_glass_refused' });
    const listed = await doctor.caller.call('/v1/break-glass');
    expect(listed.json).toMatchObject({ grants: [{ id, state: 'open', requester: nurse.id }] });

    expect((await doctor.caller.call(`/v1/break-glass/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await read(nurse.caller)).json).toMatchObject({ code: 'break_glass_refused' });
    expect(await eventsAbout(`break-glass:${id}`)).toEqual([
      'break_glass_requested',
      'break_glass_approved',
      'break_glass_used',
      'break_glass_ended',
    ]);
    const [read1] = await entries({ actor: nurse.id, event: 'result_read' });
    expect(read1?.event.purpose).toBe('BTG');
  }, 60_000);

  it('exports FHIR AuditEvents by command, a resource a line, and verifies against an export', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-audit-'));
    const command = (...words: string[]) => runMedserve('audit', ...words, '--home', platform.ready.home);
    const file = join(folder, 'audit.ndjson');
    expect((await command('export', '--fhir', file)).status).toBe(0);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ resourceType: 'AuditEvent' });
    const tiles = join(folder, 'tiles');
    expect((await command('export', tiles)).status).toBe(0);
    expect(await command('verify', '--against', tiles)).toMatchObject({ status: 0 });
    const bundle = readdirSync(join(tiles, 'tile', 'entries'), { recursive: true, withFileTypes: true }).find((found) =>
      found.isFile(),
    );
    appendFileSync(join(bundle?.parentPath ?? '', bundle?.name ?? ''), 'x');
    expect(await command('verify', '--against', tiles)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('The copy outside is damaged') as string,
    });
    expect(await command('verify', '--against', join(folder, 'nothing'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Nothing was verified.') as string,
    });
    const nobody = await command('export', '--fhir', '-', '--tenant', 'nobody');
    expect(nobody).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('no log') as string });
  }, 60_000);
});
