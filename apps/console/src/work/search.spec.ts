import { parseWorkSearch } from './search';

describe('the address of the work list', () => {
  it('says what is shown: a tab and its filters', () => {
    const jobs = { tab: 'jobs', state: 'failed', task: 'segment', model: 'organ-router', class: 'stat', site: 'north' };
    expect(parseWorkSearch(jobs)).toEqual(jobs);
    const studies = { tab: 'studies', state: 'skipped', route: 'chest', modality: 'CT' };
    expect(parseWorkSearch(studies)).toEqual(studies);
    const deliveries = { tab: 'deliveries', state: 'dead', destination: 'pacs-1' };
    expect(parseWorkSearch(deliveries)).toEqual(deliveries);
    expect(parseWorkSearch({ tab: 'jobs', site: 7 })).toEqual({ tab: 'jobs', site: '7' });
  });

  it('forgets what belongs to another tab', () => {
    expect(parseWorkSearch({ tab: 'deliveries', state: 'running', task: 'segment', class: 'stat' })).toEqual({
      tab: 'deliveries',
    });
  });

  it('takes nothing that could be a patient’s: no study, no free text, no markup', () => {
    expect(
      parseWorkSearch({
        tab: 'studies',
        study: '1.2.840.113619.2.1',
        route: '<script>alert(1)</script>',
        modality: 'Doe^Jane',
        state: ['failed'],
      }),
    ).toEqual({ tab: 'studies' });
    expect(parseWorkSearch({ tab: 'patients', model: 'Jane Doe', task: { $ne: 1 } })).toEqual({});
  });
});
