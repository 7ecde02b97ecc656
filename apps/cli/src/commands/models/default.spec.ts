import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { program } from '../../program';
import { describeDefault, type ModelDefault } from './default';

const SHOWN: ModelDefault = {
  model: 'net',
  version: '1',
  answering: '1',
  previous: null,
  canGoBack: true,
  revision: 1,
};

describe('medserve models default', () => {
  let server: Server;
  let url = '';
  let asked: string[] = [];
  let out = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim());
        response.setHeader('content-type', 'application/json').end(JSON.stringify(SHOWN));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    asked = [];
    out = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      out += String(chunk);
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  const run = async (...words: string[]): Promise<unknown> => {
    const medserve = await program('models');
    return medserve.parseAsync(['node', 'medserve', 'models', 'default', ...words, '--url', url, '--key', 'k']);
  };

  it.each([
    ['shows which version answers', ['net'], 'GET /v1/models/net/default'],
    ['chooses one', ['net', '1'], 'PUT /v1/models/net/default {"version":"1"}'],
    ['chooses the newest', ['net', '--newest'], 'PUT /v1/models/net/default {"version":null}'],
    ['goes back', ['net', '--back'], 'POST /v1/models/net/default/back'],
    ['asks for the very name', ['a/b?c'], 'GET /v1/models/a%2Fb%3Fc/default'],
  ])('%s', async (_, words, call) => {
    await run(...words);
    expect(asked).toEqual([call]);
    expect(out).toBe('net: version 1\nbefore: the newest that is served\n');
  });

  it('gives the answer as JSON where that is asked for', async () => {
    await run('net', '--json');
    expect(JSON.parse(out)).toEqual(SHOWN);
  });

  it('asks for nothing where two things are wanted at once', async () => {
    await expect(run('net', '2', '--back')).rejects.toThrow('give one of');
    expect(asked).toEqual([]);
  });

  it('says where another version answers than the one that was chosen', () => {
    expect(describeDefault({ ...SHOWN, answering: '2', canGoBack: false, warning: 'Version 1 is broken.' })).toBe(
      'net: version 1; version 2 answers\nVersion 1 is broken.',
    );
    expect(describeDefault({ ...SHOWN, version: null, answering: null, canGoBack: false })).toBe(
      'net: the newest that is served',
    );
  });
});
