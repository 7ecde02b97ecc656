import fc from 'fast-check';
import { ToolAnswer } from './tool-answer';

const NAMES = new Set(['find_study', 'measure']);

function read(pieces: readonly string[], { parallel = true, names = NAMES, demanded = false, isCut = false } = {}) {
  const answer = new ToolAnswer(names, parallel, demanded);
  const taken = [...pieces.map((piece) => (answer.push(piece), answer.take())), (answer.flush(isCut), answer.take())];
  return { answer, taken, calls: answer.calls.map(({ name, arguments: given }) => [name, given]), text: answer.text };
}

const CALL = '<tool_call>\n{"name": "find_study", "arguments": {"patient": "}7\\"{"}}\n</tool_call>';

describe('an answer with tools', () => {
  it('that calls none is text', () => {
    expect(read(['No ', 'finding.'])).toMatchObject({ text: 'No finding.', calls: [] });
  });

  it('tells calls from text', () => {
    expect(read([`I look.\n${CALL}`])).toMatchObject({
      text: 'I look.',
      calls: [['find_study', '{"patient": "}7\\"{"}']],
    });
  });

  it('may call several functions', () => {
    const second = '<tool_call>{"name":"measure","arguments":{}}</tool_call>';
    expect(read([`${CALL}\n${second}`])).toMatchObject({
      text: '',
      calls: [
        ['find_study', expect.any(String)],
        ['measure', '{}'],
      ],
    });
  });

  it('gives id and name once, then the arguments piece by piece', () => {
    const { taken, answer } = read([
      '<tool_call>{"name": "measure", "arguments": {"a"',
      ': [1,',
      '2]}',
      '}</tool_call>',
    ]);
    const id = answer.calls[0]!.id;
    expect(taken.map(({ calls }) => calls)).toEqual([
      [{ index: 0, id, name: 'measure', arguments: '{"a"' }],
      [{ index: 0, arguments: ': [1,' }],
      [{ index: 0, arguments: '2]}' }],
      [],
      [],
    ]);
    expect(id).toMatch(/^call_[0-9a-f]{24}$/);
  });

  it('holds back what may be the beginning of a call', () => {
    expect(read(['a <too', 'th'])).toMatchObject({ taken: [{ text: 'a' }, { text: ' <tooth' }, { text: '' }] });
  });

  it('reads a call whose members stand the other way round', () => {
    expect(read(['<tool_call>{"arguments": {"x": 1}, "name": "measure"}</tool_call>']).calls).toEqual([
      ['measure', '{"x":1}'],
    ]);
  });

  it('reads a call that ends with the answer', () => {
    expect(read(['<tool_call>{"name": "measure", "arguments": {"x": 1}}']).calls).toEqual([['measure', '{"x": 1}']]);
    expect(read(['<tool_call>{"arguments": {}, "name": "measure"}']).calls).toEqual([['measure', '{}']]);
  });

  it.each([
    '<tool_call>{"name": "rm", "arguments": {}}</tool_call>',
    '<tool_call>nonsense</tool_call>',
    '<tool_call>{"name": "measure", "arguments": [1, 2]}</tool_call>',
    '<tool_call>{"name": "measure", "arguments": "hi"}</tool_call>',
    '<tool_call>{"arguments": 5, "name": "measure"}</tool_call>',
    'The tag <tool_call> begins a call, {"name": 1} is in it.',
    'I write <tool_call>',
    'a <tool_call>\n{"na',
    'a <',
    'a <tool_ca',
  ])('leaves %s as text: it calls none of the tools', (text) => {
    expect(read([text])).toMatchObject({ text, calls: [] });
  });

  it.each([
    '<tool_call>',
    '<tool_call>\n{"na',
    '<tool_call>{"name": "ab',
    '<tool_call>{"name": "rm", "arguments": {"x"',
  ])('never tells the beginning of a call that was cut: %s', (text) => {
    for (const demanded of [true, false]) {
      const { taken } = read(Array.from(`I look.\n${text}`), { demanded, isCut: true });
      expect(taken.map((one) => one.text).join('')).toBe('I look.');
      expect(taken.flatMap(({ calls }) => calls)).toEqual([]);
    }
  });

  it('goes on at once after a tag that nothing like a call follows, and reads the calls after it', () => {
    const { taken, calls } = read(['Tag <tool_call>', ' is', ` it.\n${CALL}`], { isCut: true });
    expect(taken.map((one) => one.text)).toEqual(['Tag', ' <tool_call> is', ' it.', '']);
    expect(calls).toHaveLength(1);
  });

  it.each(['<tool_call>', '<tool_call>{"name": "ab'])('that has to be calls tells no other: %s', (text) => {
    expect(read([text], { demanded: true })).toMatchObject({ text: '', calls: [] });
  });

  it.each(['<', '<tool_ca', `${CALL}\n<tool`])('that has to be calls has no text at its end: %s', (text) => {
    expect(read([text], { demanded: true }).text).toBe('');
  });

  it('that may call one function is complete with it', () => {
    const answer = new ToolAnswer(NAMES, false);
    answer.push('<tool_call>{"name": "measure", "arguments": {"x"');
    expect(answer.complete).toBe(false);
    answer.push(': 1}');
    expect(answer.complete).toBe(true);
  });

  it('is the same however it is cut', () => {
    const whole = `First.\n${CALL}\nThen <b>\n<tool_call>{"name": "measure", "arguments": {"x": [{}]}}</tool_call>\n<tool_call>{"name": "no"}</tool_call> end `;
    const expected = read([whole]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (steps) => {
        const pieces: string[] = [];
        for (let at = 0, step = 0; at < whole.length; at += steps[step++ % steps.length]!)
          pieces.push(whole.slice(at, at + steps[step % steps.length]!));
        const { text, calls, taken } = read(pieces);
        expect({ text, calls }).toEqual({ text: expected.text, calls: expected.calls });
        expect(taken.map((one) => one.text).join('')).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
