import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { EventSocket } from './event-channels';
import { eventSocketOf } from './event-socket';

describe('an event socket', () => {
  let server: WebSocketServer;

  beforeAll(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
  });

  /** Both ends of a connection. */
  async function connected(options: object = {}): Promise<{ readonly here: EventSocket; readonly there: WebSocket }> {
    const arrives = once(server, 'connection') as Promise<[WebSocket]>;
    const { port } = server.address() as AddressInfo;
    const there = new WebSocket(`ws://127.0.0.1:${String(port)}`, options);
    const [[socket]] = await Promise.all([arrives, once(there, 'open')]);
    return { here: eventSocketOf(socket), there };
  }

  it('knows when all that it sent has come', async () => {
    const { here, there } = await connected();
    const heard: string[] = [];
    there.on('message', (bytes: Buffer) => heard.push(bytes.toString()));
    for (const text of ['a', 'b', 'c']) await here.send(text);
    await here.confirmed();
    expect(heard).toEqual(['a', 'b', 'c']);
    there.close();
  });

  it('knows that it does not know when the other side has gone', async () => {
    const { here, there } = await connected({ autoPong: false });
    const pending = here.confirmed();
    there.terminate();
    await expect(pending).rejects.toThrow('closed');
    await expect(here.send('a')).rejects.toThrow('closed');
    await expect(here.confirmed()).rejects.toThrow('closed');
  });

  it('ends one that says nothing, or what nobody asked', async () => {
    const { here, there } = await connected({ autoPong: false });
    let pongs = 0;
    here.onPong(() => (pongs += 1));
    const ended = new Promise<void>((resolve) => {
      here.onClose(resolve);
    });
    const pending = here.confirmed();
    there.pong();
    await expect(pending).rejects.toThrow('closed');
    await ended;
    expect(pongs).toBe(0);
  }, 15_000);
});
