import { describeJobs } from './list';
import { describeJob } from './show';

const NOW = Date.parse('2026-11-26T08:10:00Z');

describe('the list of jobs', () => {
  it('is a table: what was asked, of which model, how it stands and why', () => {
    const text = describeJobs(
      {
        running: 1,
        jobs: [
          {
            id: 'one',
            state: 'running',
            task: 'segment',
            model: 'organ-router',
            class: 'stat',
            door: 'jobs',
            site: 'north',
            acceptedAt: '2026-11-26T08:07:00Z',
            progress: { phase: 'running', percent: 40 },
          },
          {
            id: 'two',
            state: 'failed',
            task: 'classify',
            model: 'net',
            version: '2',
            class: 'routine',
            door: 'grpc',
            acceptedAt: '2026-11-26T08:00:00Z',
            endedAt: '2026-11-26T08:00:01.500Z',
            problem: { code: 'inference_failed', title: 'The model failed' },
          },
        ],
        next: '1~two',
      },
      NOW,
    );
    const [heads, running, failed, , counted, , more] = text.split('\n');
    expect(heads).toMatch(/^JOB +STATE +TASK +MODEL +CLASS +DOOR +SITE +AGE +TOOK +NOTE$/);
    expect(running).toMatch(/^one +running +segment +organ-router +stat +jobs +north +3 min.* +40 % running$/);
    expect(failed).toMatch(/^two +failed +classify +net:2 +routine +grpc +.* 1\.5 s +inference_failed$/);
    expect(counted).toBe('1 running');
    expect(more).toBe('there are more: --cursor 1~two');
  });

  it('says what to do where there is none', () => {
    expect(describeJobs({ running: 0, jobs: [], next: null }, NOW)).toContain('medserve infer');
  });

  it('says of a page that looked through as much as one does how far back it looked, and how to go on', () => {
    const page = { running: 0, jobs: [], next: '1~two', lookedBackTo: '2026-11-26T08:00:00.000Z' };
    expect(describeJobs(page, NOW)).toBe(
      'none so far\n\nlooked back to 2026-11-26T08:00:00.000Z; to look further: --cursor 1~two',
    );
  });

  it('tells of one how far it is, or what it ended in', () => {
    expect(describeJob({ id: 'one', status: 'running', percent: 40, phase: 'running' })).toBe(
      'one  running  40 % running',
    );
    expect(
      describeJob({ id: 'one', status: 'cancelled', problem: { detail: 'The job was cancelled.', code: 'cancelled' } }),
    ).toBe('one  cancelled\nThe job was cancelled. (cancelled)');
  });
});
