import { ServingError } from '@medserve/errors';
import { openStorage, type Storage } from '@medserve/storage';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { ConversationGateway, echo, type Answer } from '../testing/conversation-gateway';

const PNG = Buffer.from('a picture');

const textOf = ({ json }: Answer): unknown => (json['answer'] as { text?: unknown } | undefined)?.text;

describe('conversations that the platform keeps', () => {
  let database: TestDatabase;
  let storage: Storage;
  let gateway: ConversationGateway;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'gateway' });
  }, 60_000);
  beforeEach(async () => {
    gateway = new ConversationGateway(storage);
    await gateway.start();
  });
  afterEach(() => gateway.close());
  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const open = async (wishes: object = {}): Promise<string> => {
    const { status, json, headers } = await gateway.call('POST', '/v1/sessions', wishes);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/sessions/${String(json['id'])}`);
    return String(json['id']);
  };
  const say = (id: string, text: string, more: object = {}, headers: Record<string, string> = {}) =>
    gateway.call('POST', `/v1/sessions/${id}/turns`, { text, ...more }, { headers });

  /** The request that has the session. */
  const takenBy = (id: string): Promise<unknown> =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ by: unknown }>('SELECT busy_by AS by FROM chat_session WHERE id = $1', [id]);
      return rows[0]?.by;
    });

  it('answer each turn knowing what was said and shown before', async () => {
    const id = await open({ system: 'Be brief.' });
    const inputs = [{ data: PNG.toString('base64'), mediaType: 'image/png' }];
    const first = await say(id, 'What is it?', { inputs });
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({
      task: 'chat',
      session: { id, turn: 1 },
      answer: { kind: 'text', text: 'system: Be brief. | user: <image> What is it?', language: 'und-Latn' },
      decision: 'answered',
    });
    const second = await say(id, 'Change the impression.');
    expect(second.json['session']).toEqual({ id, turn: 2 });
    expect(textOf(second)).toBe(
      `system: Be brief. | user: <image> What is it? | assistant: ${String(textOf(first))} | user: Change the impression.`,
    );
  });

  it('are shown with their turns, without images, to their owner', async () => {
    const id = await open({ ttlSeconds: 120, purpose: 'HRESCH' });
    const { json: answer } = await say(id, 'Hello', { inputs: [{ data: PNG.toString('base64') }] });
    const { json } = await gateway.call('GET', `/v1/sessions/${id}`);
    expect(json).toMatchObject({ object: 'session', model: 'chat', purpose: 'HRESCH', ttlSeconds: 120, isBusy: false });
    expect(json['turns']).toMatchObject([
      {
        number: 1,
        request: answer['id'],
        text: 'Hello',
        images: [expect.stringMatching(/^[0-9a-f]{64}$/)],
        model: 'vqa:1',
      },
    ]);
    expect(gateway.events).toMatchObject([{ event: 'completed', task: 'chat', purpose: 'HRESCH' }]);
  });

  it('are for no other purpose than the credential is', async () => {
    const ask = (purpose: string) => gateway.call('POST', '/v1/sessions', { purpose }, { as: 'researcher' });
    expect((await ask('HRESCH')).status).toBe(201);
    const { status, json } = await ask('TREAT');
    expect([status, json['code'], json['field']]).toEqual([403, 'forbidden', 'purpose']);
  });

  it('ask for an answer in a language, and say when it does not look like it', async () => {
    const id = await open();
    const { json } = await say(id, 'Hello', { parameters: { language: 'zh-hans' } });
    expect(json['answer']).toMatchObject({
      text: 'system: Answer in Simplified Chinese. | user: Hello',
      language: 'und-Latn',
    });
    expect(json['warnings']).toEqual([expect.stringContaining('language')]);
  });

  it('survive a gateway, and go on at another', async () => {
    const id = await open();
    await say(id, 'one', { inputs: [{ data: PNG.toString('base64') }] });
    await gateway.close();
    gateway = new ConversationGateway(storage);
    await gateway.start();
    expect(textOf(await say(id, 'two'))).toBe('user: <image> one | assistant: user: <image> one | user: two');
  });

  it.each(['colleague', 'stranger'])('are unknown to a %s, in every way', async (as) => {
    const id = await open();
    const calls = await Promise.all([
      gateway.call('GET', `/v1/sessions/${id}`, undefined, { as }),
      gateway.call('DELETE', `/v1/sessions/${id}`, undefined, { as }),
      gateway.call('POST', `/v1/sessions/${id}/turns`, { text: 'hello' }, { as }),
    ]);
    expect(calls.map(({ status, json }) => [status, json['code']])).toEqual(calls.map(() => [404, 'not_found']));
    expect((await say(id, 'still here')).status).toBe(200);
  });

  it('answer one turn at a time, and say when to come back', async () => {
    const id = await open();
    let finish: (text: string) => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      gateway.model = () =>
        new Promise((answer) => {
          finish = answer;
          resolve();
        });
    });
    const first = say(id, 'one');
    await reached;
    const second = await say(id, 'two');
    expect([second.status, second.json['code'], second.headers.get('retry-after')]).toEqual([429, 'session_busy', '1']);
    finish('done');
    expect((await first).status).toBe(200);
    gateway.model = echo;
    expect((await say(id, 'two')).json['session']).toEqual({ id, turn: 2 });
  });

  it('take one of the turns that come at the very same time, and refuse the others', async () => {
    const id = await open();
    const answers = await Promise.all(Array.from({ length: 5 }, (_, at) => say(id, `turn ${String(at)}`)));
    const taken = answers
      .filter(({ status }) => status === 200)
      .map(({ json }) => (json['session'] as { turn: number }).turn);
    expect(new Set(taken).size).toBe(taken.length);
    expect(answers.filter(({ status }) => status !== 200).map(({ json }) => json['code'])).toEqual(
      Array.from({ length: 5 - taken.length }, () => 'session_busy'),
    );
    expect((await gateway.call('GET', `/v1/sessions/${id}`)).json['holds']).toMatchObject({ turns: taken.length });
  });

  it('do not remember a turn that failed, and go on', async () => {
    const id = await open();
    gateway.model = () => Promise.reject(new ServingError('inference_failed', 'The model failed.'));
    expect((await say(id, 'one')).status).toBe(502);
    expect(await takenBy(id)).toBeNull();
    gateway.model = echo;
    expect(textOf(await say(id, 'two'))).toBe('user: two');
  });

  it('take a turn once that is sent again under its key, though the conversation has gone on', async () => {
    const id = await open();
    const key = { 'idempotency-key': `turn-${id}` };
    const first = await say(id, 'one', {}, key);
    await say(id, 'two');
    const again = await say(id, 'one', {}, key);
    expect(again.text).toBe(first.text);
    expect(((await gateway.call('GET', `/v1/sessions/${id}`)).json['turns'] as unknown[]).length).toBe(2);
    expect((await say(id, 'other', {}, key)).json['code']).toBe('idempotency_key_reused');
    expect((await say(id, 'three')).json['session']).toEqual({ id, turn: 3 });
  });

  it('tell a turn as it is written, where that is wanted, and remember it', async () => {
    const id = await open();
    gateway.model = (_order, write) => {
      write('two ');
      write('discs');
      return Promise.resolve('two discs');
    };
    const { text, headers } = await say(id, 'What is it?', { stream: true });
    expect(headers.get('content-type')).toBe('text/event-stream');
    const words = [...text.matchAll(/event: delta\ndata: (.*)\n/gu)].map(([, data = '']) => JSON.parse(data) as object);
    expect(words.map((delta) => (delta as { text: string }).text).join('')).toBe('two discs');
    expect(text).toMatch(/event: completed\ndata: .*\n\n$/u);
    gateway.model = echo;
    expect(textOf(await say(id, 'Sure?'))).toBe('user: What is it? | assistant: two discs | user: Sure?');
  });

  it('are about one patient, whichever turn showed the image', async () => {
    const id = await open();
    const of = (name: string) => ({ inputs: [{ data: Buffer.from(`of ${name}`).toString('base64') }] });
    expect((await say(id, 'one', of('Ada'))).status).toBe(200);
    const { status, json } = await say(id, 'two', of('Grace'));
    expect([status, json['code'], json['detail']]).toEqual([
      400,
      'invalid_request',
      'The images name different patients.',
    ]);
    expect((await say(id, 'three', of('Ada'))).status).toBe(200);
  });

  describe('whose turns name a patient by a key', () => {
    const keyOf = (patient: string) => ({ 'x-medserve-patient-key': `${patient}-of-keys` });
    const named = async (): Promise<string> => {
      const id = await open();
      await say(id, 'of nobody yet');
      await say(id, 'of Ada', {}, keyOf('Ada'));
      return id;
    };

    it('are about them from there on, in their records and under their key', async () => {
      const id = await named();
      await say(id, 'of Ada still', { inputs: [{ data: PNG.toString('base64') }] });
      const [nobody, ada, still] = gateway.events.map(({ patient }) => patient);
      expect([nobody, still]).toEqual([undefined, ada]);
      expect(ada).toMatch(/^[0-9a-f]{64}$/);
      await database.superuser((sql) =>
        sql.query('UPDATE content_key SET wrapped = NULL, destroyed_at = now() WHERE subject = $1', [
          `patient:${String(ada)}`,
        ]),
      );
      await gateway.close();
      gateway = new ConversationGateway(storage);
      await gateway.start();
      const { json } = await gateway.call('GET', `/v1/sessions/${id}`);
      expect(json['turns']).toMatchObject([{ text: 'of nobody yet' }, { shredded: true }, { shredded: true }]);
    });

    it.each<[string, string, object, Record<string, string>]>([
      ['a header', 'x-medserve-patient-key', {}, keyOf('Grace')],
      ['an image', 'inputs', { inputs: [{ data: Buffer.from('of Grace').toString('base64') }] }, {}],
    ])('refuse a turn that names another by %s, and go on', async (_, field, more, headers) => {
      const id = await named();
      const { status, json } = await say(id, 'of Grace', more, headers);
      expect([status, json['code'], json['field']]).toEqual([400, 'invalid_request', field]);
      expect((await say(id, 'of Ada')).json['session']).toEqual({ id, turn: 3 });
    });
  });

  it('cannot go on when what was said in them was destroyed, and still show that it was', async () => {
    const id = await open();
    await say(id, 'one', { inputs: [{ data: Buffer.from('of Mary').toString('base64') }] });
    await database.superuser((sql) =>
      sql.query(
        `UPDATE content_key SET wrapped = NULL, destroyed_at = now() WHERE subject LIKE 'patient:%' AND wrapped IS NOT NULL`,
      ),
    );
    await gateway.close();
    gateway = new ConversationGateway(storage);
    await gateway.start();
    const { json } = await gateway.call('GET', `/v1/sessions/${id}`);
    expect(json['turns']).toEqual([expect.objectContaining({ number: 1, shredded: true })]);
    const refused = await say(id, 'two');
    expect([refused.status, refused.json['code']]).toEqual([410, 'result_shredded']);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['ended', (id) => gateway.call('DELETE', `/v1/sessions/${id}`)],
    [
      'was taken by another request',
      (id) =>
        database.superuser((sql) =>
          sql.query('UPDATE chat_session SET busy_by = gen_random_uuid() WHERE id = $1', [id]),
        ),
    ],
  ])('that %s meanwhile do not remember the answer, which says so', async (_, meanwhile) => {
    const id = await open();
    gateway.model = async () => {
      await meanwhile(id);
      return 'too late';
    };
    const late = await say(id, 'one');
    expect([late.status, textOf(late)]).toEqual([200, 'too late']);
    expect(late.headers.get('x-medserve-warning')).toMatch(/not remembered/);
    gateway.model = echo;
    expect((await say(await open(), 'one')).headers.get('x-medserve-warning')).toBeNull();
  });

  it('end when they are told to, and are gone', async () => {
    const id = await open();
    expect((await gateway.call('DELETE', `/v1/sessions/${id}`)).status).toBe(204);
    expect((await gateway.call('GET', `/v1/sessions/${id}`)).status).toBe(404);
    expect((await say(id, 'hello')).status).toBe(404);
  });

  it('hold so much and no more, and name the limit', async () => {
    const id = await open();
    const { status, json } = await say(id, 'x'.repeat(40_000));
    expect([status, json['field']]).toEqual([400, 'text']);
    const large = { data: Buffer.alloc(33 * 1024 * 1024).toString('base64') };
    const refused = await say(id, 'look', { inputs: [large] });
    expect([refused.status, refused.json['code'], refused.json['limit']]).toEqual([
      413,
      'too_large',
      'images: 33554432 bytes',
    ]);
  });

  it('count what they remember as if it were sent, and wait for room', async () => {
    const id = await open();
    await say(id, 'look', { inputs: [{ data: Buffer.alloc(4_096).toString('base64') }] });
    const small = new ConversationGateway(storage, 8_192);
    await small.start();
    const refused = await small.call('POST', `/v1/sessions/${id}/turns`, { text: 'and now?' });
    await small.close();
    expect([refused.status, refused.json['code']]).toEqual([503, 'overloaded']);
    expect((await say(id, 'and now?')).json['session']).toEqual({ id, turn: 2 });
  });

  it.each([
    [{ model: 'nobody' }, 404, 'model'],
    [{ ttlSeconds: 1 }, 400, 'ttlSeconds'],
    [{ purpose: 'BTG' }, 400, 'purpose'],
    [{ extra: true }, 400, 'extra'],
  ])('are refused to who opens them wrongly: %j', async (wishes, status, field) => {
    const answer = await gateway.call('POST', '/v1/sessions', wishes);
    expect([answer.status, answer.json['field']]).toEqual([status, field]);
  });

  it('are stored sealed: nothing that was said stands in the database', async () => {
    const id = await open({ system: 'unheard-of words' });
    await say(id, 'unheard-of words');
    const kept = await database.superuser(async (sql) => {
      const { rows } = await sql.query<{ text: string }>(
        `SELECT encode(head, 'escape') || coalesce(string_agg(encode(words, 'escape'), ''), '') AS text
         FROM chat_session LEFT JOIN chat_turn ON session = chat_session.id WHERE chat_session.id = '${id}' GROUP BY head`,
      );
      return rows[0]?.text ?? 'unheard-of';
    });
    expect(kept).not.toContain('unheard-of');
  });
});
