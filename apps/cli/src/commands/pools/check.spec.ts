import { parseFleet } from '@medserve/fleet';
import { describeFleet } from './check';

const pool = (change: object = {}) =>
  parseFleet(JSON.stringify({ version: 1, pools: [{ name: 'p', models: ['*'], pods: ['h:1'], slots: 4, ...change }] }));

describe('what a fleet file means', () => {
  it.each([
    ['cpu', '5 s + 25 s + 15 s  45 s'],
    ['encoder', '15 s + 30 s + 15 s  60 s'],
    ['generative', '15 s + 120 s + 15 s  150 s'],
  ])('a replica of the kind %s has this long to end', (kind, times) => {
    expect(describeFleet(pool({ kind }))).toContain(times);
  });

  it('says the target of a replica, its pace and its hours', () => {
    const floors = [{ days: ['mon', 'fri'], from: '07:30', to: '18:00', timeZone: 'Europe/Berlin', replicas: 2 }];
    const told = describeFleet(pool({ floors }));
    expect(told).toContain('3.2');
    expect(told).toContain('4 or 100 % per 15 s');
    expect(told).toContain('1 or 50 % per 60 s after 300 s');
    expect(told).toContain('2 mon,fri 07:30-18:00 Europe/Berlin');
  });

  it('tells of a pool that nobody would know when it has no replica', () => {
    expect(describeFleet(pool())).toContain('names no catalogue');
    expect(describeFleet(pool({ replicas: { min: 1 } }))).not.toContain('names no catalogue');
  });

  it('tells of requests that are not kept for as long as a start takes', () => {
    expect(describeFleet(pool({ startupSeconds: 600 }))).toContain('a replica may take 600 s to start');
  });
});
