import { JobRegistry } from './job-registry';

const forever = new Promise<never>(() => undefined);

describe('JobRegistry', () => {
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

  it('shows a job to its own tenant only, until it has ended', async () => {
    const jobs = new JobRegistry();
    const ended = Promise.resolve({ bytes: Buffer.from('{}'), contentType: 'application/json' });
    jobs.start('job', 'tenant', ended);
    expect(jobs.find('tenant', 'job')).toBeDefined();
    expect(jobs.find('other', 'job')).toBeUndefined();
    const phases: string[] = [];
    jobs.watch('job', ({ progress }) => phases.push(progress.phase));
    await ended;
    await Promise.resolve();
    expect(phases).toEqual(['accepted', 'ended']);
    expect(jobs.find('tenant', 'job')).toBeUndefined();
  });
});
