import { progressLine } from './progress-bar';

const said = (phase: string, expectedMs: number): string =>
  progressLine(phase, 50, expectedMs).replace(/^[█░]+ +/u, '');

describe('the line of a request that runs', () => {
  it('says what is being done and how long that is expected to take still', () => {
    expect(said('loading', 3_200)).toBe('50 % loading the model, about 3 s left');
    expect(said('loading', 400)).toBe('50 % loading the model, less than 1 s left');
    expect(said('loading', 240_000)).toBe('50 % loading the model, about 4 min left');
  });

  it('promises nothing that nobody knows', () => {
    expect(said('loading', 0)).toBe('50 % loading the model');
    expect(said('a phase of a newer platform', 0)).toBe('50 % a phase of a newer platform');
  });

  it('fills the bar by the percent, whatever it is told', () => {
    const filled = (percent: number): number => progressLine('', percent, 0).split('█').length - 1;
    expect([-5, 0, 50, 100, 140].map(filled)).toEqual([0, 0, 14, 28, 28]);
  });
});
