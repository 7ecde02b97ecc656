import { driftCommand } from './drift';

describe('medserve drift', () => {
  it.each([
    ['drift', ['--home', '/nowhere/at/all']],
    ['freeze, behind it', ['freeze', 'net', '--home', '/nowhere/at/all']],
    ['freeze, before it', ['--home', '/nowhere/at/all', 'freeze', 'net']],
  ])('works on the home that is named: %s', async (_, words) => {
    await expect(driftCommand().parseAsync(words, { from: 'user' })).rejects.toThrow('/nowhere/at/all');
  });
});
