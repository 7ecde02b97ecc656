import { formatsOf, localeOf } from './formats';

describe('how numbers and times are written', () => {
  it('is as the page speaks, in the reader’s own locale of that language', () => {
    expect(localeOf('es', ['en-US', 'es-MX'])).toBe('es-MX');
    expect(localeOf('es', ['en-US'])).toBe('es');
    expect(localeOf('en', ['es-ES', 'EN-us'])).toBe('EN-us');
  });

  it('is so for the time of the day, too', () => {
    const at = new Date(2026, 0, 1, 15, 4, 5).getTime();
    expect(formatsOf('es').clock(at)).toBe('15:04:05');
    expect(formatsOf('en-US').clock(at)).toMatch(/^3:04:05\sPM$/);
  });
});
