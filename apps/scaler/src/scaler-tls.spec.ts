import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScalerClient, ServiceTls, type Link, type ServiceName } from '@medserve/rpc';
import { CertificateAuthority, writeCertificate } from '@medserve/security';
import { fleetText, Harness, POOL } from './testing/harness';

describe('who may ask the scaler, where services prove who they are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-scaler-tls-'));
  let harness: Harness;

  beforeAll(async () => {
    const authority = await CertificateAuthority.create('a platform', 1);
    for (const name of ['scaler', 'keda', 'gateway', 'recorder'] as const) {
      const issued = await authority.issue({ name, uri: `spiffe://a.platform/medserve/${name}`, days: 1 });
      writeCertificate(join(folder, name), authority.certificate, issued);
    }
  });
  beforeEach(() => {
    harness = new Harness();
    harness.describe(fleetText());
  });
  afterEach(() => harness.end());
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const as = (name: ServiceName): Link | undefined => ServiceTls.open(folder, name)?.call('scaler');
  const start = () => harness.scaler(['127.0.0.1:1'], { tls: ServiceTls.open(folder, 'scaler') });

  it('is KEDA', async () => {
    const { metricSpecs } = await harness.keda(await start(), { pool: POOL }, as('keda')).getMetricSpec();
    expect(metricSpecs).toHaveLength(1);
  });

  it('is the gateway, for its list of pools', async () => {
    const { address } = await start();
    const client = harness.add(new ScalerClient(address, as('gateway')));
    const told = await new Promise((resolve) => {
      harness.add({ close: client.watchDecisions(resolve) });
    });
    expect(told).toMatchObject({ known: false, pools: [{ pool: POOL }] });
  });

  it.each([
    ['another service', () => as('recorder')],
    ['somebody who does not say who they are', () => undefined],
  ])('is not %s', async (_who, link) => {
    const keda = harness.keda(await start(), { pool: POOL }, link());
    await expect(keda.getMetricSpec()).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
