import { generateKeyPairSync } from 'node:crypto';
import { witnessKey, type SigningKeys } from '@medserve/ledger';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import type { Ledger } from '@medserve/storage';
import { LogSigner } from './sign-logs';
import { WitnessRound } from './witness-round';

type AskedWitness = Awaited<ReturnType<Ledger['cosign']>>[number];

const { privateKey: key } = generateKeyPairSync('ed25519');
const keys: SigningKeys = { current: () => key, next: () => undefined, turn: () => undefined };
const witness = (name: string) => ({
  url: 'http://witness.invalid/',
  verifier: witnessKey(name, generateKeyPairSync('ed25519').privateKey),
});

describe('signing logs', () => {
  const did: string[] = [];
  let asking: (tenant: string, names: string[]) => AskedWitness[];

  const ledger = {
    logs: () => Promise.resolve(['a', 'b', 'c'].map((tenant) => ({ tenant, size: 1 }))),
    held: () => [],
    checkpoint: (tenant: string) => Promise.resolve(did.push(`sign ${tenant}`)),
    publish: (tenant: string) => Promise.resolve(did.push(`publish ${tenant}`)),
    cosign: (tenant: string, asked: readonly { verifier: string }[]) => {
      const names = asked.map(({ verifier }) => verifier.slice(0, verifier.indexOf('+')));
      did.push(`ask ${names.join(' ')} about ${tenant}`);
      return Promise.resolve(asking(tenant, names));
    },
  } as unknown as Ledger;
  const plan = { ledger, keys, publishedDir: 'logs', logger: silentLogger, instruments: noopInstruments() };
  const { signal } = new AbortController();
  const all = (_: string, names: string[]): AskedWitness[] => names.map((name) => ({ witness: name }));

  beforeEach(() => {
    did.length = 0;
    asking = all;
  });

  it('publishes every log before it asks a witness about any, and once more with the line of one', async () => {
    const signer = new LogSigner({ ...plan, witnesses: [witness('w1')] });
    await signer.round(signal);
    const published = ['a', 'b', 'c'].flatMap((tenant) => [`sign ${tenant}`, `publish ${tenant}`]);
    const asked = ['a', 'b', 'c'].flatMap((tenant) => [`ask w1 about ${tenant}`, `publish ${tenant}`]);
    expect(did).toEqual([...published, ...asked]);
    await signer.round(signal);
    expect(did).toHaveLength(12);
  });

  it('leaves a witness alone for a while that does not answer, and asks the others on', async () => {
    let nowMs = 0;
    asking = (_, names) =>
      names.map((name) => (name === 'w2' ? { witness: name, error: new Error('it hangs') } : { witness: name }));
    const round = new WitnessRound(
      { ...plan, witnesses: [witness('w1'), witness('w2')] },
      { roundMs: 100, restMs: 1_000 },
      () => nowMs,
    );
    for (const tenant of ['a', 'b']) round.want(tenant);
    await round.ask(signal, () => Promise.resolve());
    expect(did).toEqual(['ask w1 w2 about a', 'ask w1 about b']);
    asking = all;
    nowMs = 1_000;
    await round.ask(signal, () => Promise.resolve());
    await round.ask(signal, () => Promise.resolve());
    expect(did.slice(2)).toEqual(['ask w2 about a', 'ask w2 about b']);
  });

  it('ends a round in time, and begins the next one with who had no turn', async () => {
    let nowMs = 0;
    asking = (_, names) => {
      nowMs += 60;
      return all('', names);
    };
    const round = new WitnessRound({ ...plan, witnesses: [witness('w1')] }, { roundMs: 100, restMs: 0 }, () => nowMs);
    for (const tenant of ['a', 'b', 'c']) round.want(tenant);
    await round.ask(signal, () => Promise.resolve());
    expect(did).toEqual(['ask w1 about a', 'ask w1 about b']);
    round.want('a');
    await round.ask(signal, () => Promise.resolve());
    expect(did.slice(2)).toEqual(['ask w1 about c', 'ask w1 about a']);
  });
});
