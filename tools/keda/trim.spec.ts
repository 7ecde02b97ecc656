import { TRIGGERS, withoutOthers } from './trim.mjs';

const caseOf = (name: string): string => `\tcase "${name}":\n\t\treturn scalers.New(${name})\n`;
const source = (names: readonly string[]): string =>
  `func buildScaler() {\n\tswitch triggerType {\n${names.map(caseOf).join('')}\tdefault:\n\t\treturn nil, fmt.Errorf("no scaler found for type: %s", triggerType)\n\t}\n}\n`;

describe('KEDA trimmed', () => {
  it('keeps the triggers of our manifests, and all that is around them', () => {
    const names = ['activemq', ...TRIGGERS, 'redis'].sort();
    expect(withoutOthers(source(names))).toBe(source([...TRIGGERS].sort()));
  });

  it('does not build a KEDA that lacks one of them', () => {
    expect(() => withoutOthers(source(TRIGGERS.slice(1)))).toThrow('has 7 of the 8 triggers');
  });
});
