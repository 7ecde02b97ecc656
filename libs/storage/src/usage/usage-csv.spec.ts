import { usageCsv } from './usage-csv';

describe('usage as CSV', () => {
  const figures = {
    completed: 1,
    failed: 0,
    cancelled: 0,
    refused: 0,
    cpuSeconds: 0.5,
    queueSeconds: 0,
    inputBytes: 9,
    costUnits: 1,
  };

  it.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\tx', `"'\tx"`],
    ['a,b', '"a,b"'],
    ['er', 'er'],
  ])('writes the department %j as %s, so that no spreadsheet runs it', (department, cell) => {
    const [header, line] = usageCsv(['department'], [{ department, ...figures }]).split('\r\n');
    expect(header).toBe('department,completed,failed,cancelled,refused,cpuSeconds,queueSeconds,inputBytes,costUnits');
    expect(line).toBe(`${cell},1,0,0,0,0.5,0,9,1`);
  });
});
