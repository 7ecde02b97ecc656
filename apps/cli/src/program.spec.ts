import { program } from './program';

const namesOf = ({ commands }: Awaited<ReturnType<typeof program>>): string[] =>
  commands.map((command) => command.name());

describe('medserve', () => {
  it('has every command, and where one is named that one alone', async () => {
    const all = namesOf(await program());
    expect(all).toEqual([...new Set(all)]);
    expect(all).toEqual(expect.arrayContaining(['up', 'infer', 'models', 'audit', 'doctor']));
    for (const name of all) expect(namesOf(await program(name))).toEqual([name]);
  });

  it.each(['help', '--help', 'nope', 'toString'])('has every command for %s, which names none', async (word) => {
    expect(namesOf(await program(word))).toEqual(namesOf(await program()));
  });
});
