import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInstruments, silentLogger, type Instruments } from '@medserve/runtime';
import { PlatformMetrics } from './metrics.controller';

interface Peer {
  readonly url: string;
  readonly server: Server;
  instruments: Instruments;
  isSilent: boolean;
}

describe('the metrics of all processes', () => {
  const instruments = (): Instruments => createInstruments({ processMetrics: false });
  const peers: Peer[] = [];

  async function startPeer(tokens: number, slots: number): Promise<Peer> {
    const server = createServer((_, response) => {
      if (peer.isSilent) response.writeHead(503).end('{}');
      else void peer.instruments.collect().then((metrics) => response.end(JSON.stringify(metrics)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    const peer: Peer = { url, server, instruments: instruments(), isSilent: false };
    peer.instruments.writing.tokens.inc({ model: 'm', kind: 'written' }, tokens);
    peer.instruments.writing.slots.set({ model: 'm' }, slots);
    peers.push(peer);
    return peer;
  }

  afterEach(async () => {
    for (const { server } of peers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  });

  it('have counters that do not fall when a process is silent or begins anew, and gauges of those that answer', async () => {
    const own = instruments();
    own.writing.tokens.inc({ model: 'm', kind: 'written' }, 1);
    const [one, other] = [await startPeer(10_000, 4), await startPeer(10_000, 2)];
    const metrics = new PlatformMetrics(own, [one.url, other.url], silentLogger);
    const shown = async (): Promise<string[]> =>
      (await metrics.exposition(undefined)).text
        .split('\n')
        .filter((line) => /^medserve_writing_(tokens_total|slots)\{/.test(line))
        .map((line) => line.split(' ')[1] ?? '')
        .sort();
    expect(await shown()).toEqual(['20001', '6']);
    other.isSilent = true;
    expect(await shown()).toEqual(['20001', '4']);
    other.isSilent = false;
    expect(await Promise.all([shown(), shown()])).toEqual([
      ['20001', '6'],
      ['20001', '6'],
    ]);
    other.instruments = instruments();
    other.instruments.writing.tokens.inc({ model: 'm', kind: 'written' }, 5);
    expect(await shown()).toEqual(['20006', '4']);
  });
});
