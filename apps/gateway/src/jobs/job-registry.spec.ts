import type { Principal, Scope } from '@medserve/security';
import { JobRegistry } from './job-registry';

const of = (tenant: string, ...scopes: Scope[]): Principal => ({
  id: 'k',
  kind: 'key',
  tenant,
  scopes: new Set(scopes),
});

const forever = new Promise<never>(() => undefined);

describe('JobRegistry', () => {
  it('keeps a place for each job that is about to be accepted, however many are at once', () => {
    const jobs = new JobRegistry();
    const places = Array.from({ length: 999 }, () => jobs.reserve());
    jobs.start('job', 'tenant', forever);
    const full = expect.objectContaining({ reason: 'overloaded', limit: 'jobs: 1000' }) as Error;
    expect(() => jobs.reserve()).toThrow(full);
    places[0]?.();
    places[0]?.();
    jobs.reserve();
    expect(() => {
      jobs.ensureRoom();
    }).toThrow(full);
  });

  it('refuses one watcher too many before anything was sent, and has room again when one leaves', () => {
    const jobs = new JobRegistry();
    jobs.start('job', 'tenant', forever);
    const leave = Array.from({ length: 100 }, () => {
      jobs.ensureWatchable('job');
      return jobs.watch('job', () => undefined);
    });
    expect(() => {
      jobs.ensureWatchable('job');
    }).toThrow(expect.objectContaining({ reason: 'overloaded', limit: 'watchers: 100' }) as Error);
    leave[0]?.();
    expect(() => {
      jobs.ensureWatchable('job');
    }).not.toThrow();
  });

  it('tells a watcher once that a job has ended whose idempotency key was repeated', async () => {
    const jobs = new JobRegistry();
    const ended = Promise.resolve({ bytes: Buffer.from('{}'), contentType: 'application/json' });
    jobs.start('job', 'tenant', ended);
    const phases: string[] = [];
    jobs.watch('job', ({ progress }) => phases.push(progress.phase));
    jobs.start('job', 'tenant', ended);
    await ended;
    await Promise.resolve();
    expect(phases).toEqual(['accepted', 'ended']);
  });

  it('hears of a repetition that ends before the job does, and goes on', async () => {
    const jobs = new JobRegistry();
    jobs.start('job', 'tenant', forever);
    const unheard = jest.fn();
    process.on('unhandledRejection', unheard);
    jobs.start('job', 'tenant', Promise.reject(new Error('late')));
    await new Promise(setImmediate);
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
    expect(jobs.find(of('tenant', 'result:read'), 'job')).toMatchObject({ progress: { phase: 'accepted' } });
  });

  it('shows a job to its own tenant only, until it has ended', async () => {
    const jobs = new JobRegistry();
    const ended = Promise.resolve({ bytes: Buffer.from('{}'), contentType: 'application/json' });
    jobs.start('job', 'tenant', ended);
    expect(jobs.find(of('tenant', 'result:read'), 'job')).toBeDefined();
    expect(jobs.find(of('other', 'result:read'), 'job')).toBeUndefined();
    expect(jobs.find(of('tenant', 'infer'), 'job')).toBeUndefined();
    const phases: string[] = [];
    jobs.watch('job', ({ progress }) => phases.push(progress.phase));
    await ended;
    await Promise.resolve();
    expect(phases).toEqual(['accepted', 'ended']);
    expect(jobs.find(of('tenant', 'result:read'), 'job')).toBeUndefined();
  });
});
