import { join } from 'node:path';
import { readFacts } from './facts.mjs';
import { statementOf } from './statement.mjs';
import { storageClasses } from './storage-classes.mjs';

const ROOT = join(__dirname, '..', '..');

describe('the conformance statement', () => {
  let facts: Awaited<ReturnType<typeof readFacts>>;
  let text: string;
  beforeAll(async () => {
    facts = await readFacts(ROOT);
    text = statementOf(facts);
  }, 60_000);

  it('names every transfer syntax that an association may agree on, and each is one that the archive reads', () => {
    for (const uid of facts.storageSyntaxes) {
      expect({ uid, isKnown: facts.syntaxes.has(uid) }).toEqual({ uid, isKnown: true });
      expect(text).toContain(` ${uid} `);
    }
  });

  it('names every resource of DICOMweb and every status that an instance is refused with', () => {
    for (const { title } of [...facts.resources, ...facts.workitemResources]) expect(text).toContain(title);
    for (const { status } of facts.refusals) expect(text).toContain(status.toString(16).toUpperCase().padStart(4, '0'));
  });

  it('tells what is always written from what the images have and what is made', () => {
    const report = facts.objects.find(({ kind }) => kind === 'sr');
    const from = (keyword: string) => report?.attributes.find((attribute) => attribute.keyword === keyword)?.from;
    expect(['Modality', 'PatientID', 'SOPInstanceUID', 'ContentSequence'].map(from)).toEqual([
      'always',
      'images',
      'made',
      'made',
    ]);
  });

  it('has no value of the images that it was made of', () => {
    expect(text).not.toMatch(/Doe\^|IDA|HOSPITALA|1\.2\.3\.4\.6/);
  });

  it('knows each storage class once', () => {
    const suffixes = storageClasses().map(({ suffix }) => suffix);
    expect(new Set(suffixes).size).toBe(suffixes.length);
    expect(suffixes).toEqual(expect.arrayContaining(['2', '88.34', '66.4', '7', '11.1']));
  });
});
