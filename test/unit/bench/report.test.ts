import { describe, expect, it } from 'vitest';
import { formatJson, formatReport, type Report } from '../../bench/report/print.ts';
import { atMost, columnsOf, compare, figure, oursOf, type Row } from '../../bench/report/row.ts';

const VALUES = { direct: [1, 2, 3], 'http-proxy': [4, 4, 6], ours: [2, 4, 9] };

const ROW: Row = {
  name: 'call',
  title: 'One call',
  unit: 'ms',
  columns: columnsOf(VALUES, { ours: [5, 7, 6] }),
  absent: { nginx: 'nginx is not installed\nand more' },
  budget: atMost(3, 'ms', 4),
  remarks: ['a remark'],
};

const REPORT: Report = {
  versions: { nginx: 'not installed', lanyard: '1.2.3' },
  rows: [ROW],
  notes: ['A note.'],
  failures: ['something: it fell over'],
  seconds: 12.3,
};

describe('Columns of a row', () => {
  it('have medians, tails and ratios that are taken round by round', () => {
    const { direct, ours, 'http-proxy': httpProxy } = ROW.columns;
    expect(ours).toMatchObject({ median: 4, rounds: 3, p99: 6, ratios: { direct: 2, 'http-proxy': 1 } });
    expect(direct?.ratios).toEqual({ 'http-proxy': 0.5 });
    expect(httpProxy?.ratios).toEqual({ direct: 2 });
    expect(direct).not.toHaveProperty('p99');
  });

  it('have no ratio to what was not measured', () => {
    expect(columnsOf({ 'mcp-remote': [1], ours: [2] }).ours?.ratios).toEqual({});
  });

  it('count the last of ours, which is the form that ships', () => {
    expect(oursOf(columnsOf({ 'ours (bundle)': [1], 'ours (executable)': [2], peer: [9] }))).toBe(2);
    expect(oursOf(columnsOf({ peer: [9] }))).toBeNaN();
  });
});

describe('Comparing columns', () => {
  it('takes the values of the same round together', () => {
    const { median } = compare(VALUES, ['ours', 'direct'], (ours = 0, direct = 0) => ours - direct);
    expect(median).toBe(2);
  });

  it('finds no number where a column is missing', () => {
    expect(compare(VALUES, ['ours', 'nginx'], (ours = 0, nginx = 0) => ours / nginx).median).toBeNaN();
  });
});

describe('A figure', () => {
  it.each([
    [0.012345, '0.0123'],
    [9.876, '9.88'],
    [1234.5, '1,235'],
    [Number.NaN, '–'],
  ])('%f is written as %s', (value, text) => expect(figure(value)).toBe(text));
});

describe('The report', () => {
  it('tells a person each column, why one is missing, and budget and stretch of each row', () => {
    const text = formatReport(REPORT);
    expect(text).toContain('With nginx not installed, lanyard 1.2.3.');
    expect(text).toMatch(/^ {2}nginx +– nginx is not installed$/m);
    expect(text).toMatch(/^ {2}ours +4 ms {2}\(3–6.5, 3 rounds; p99 6; 2 × direct; 1 × http-proxy\)$/m);
    expect(text).toContain('budget: ≤ 3 ms – found 4 ms – NOT MET');
    expect(text).toContain('stretch: none');
    expect(text).toContain('FAILED: something: it fell over');
    expect(text).toMatch(/1 figures; budgets: 0 met, 1 not met; stretch: 0 met, 0 not met; 1 failed$/);
  });

  it('tells a program the same in one JSON document', () => {
    const report = JSON.parse(formatJson(REPORT));
    expect(report.rows[0]).toMatchObject({
      name: 'call',
      absent: ROW.absent,
      budget: { met: false },
      columns: { ours: { median: 4, p99: 6, ratios: { direct: 2 } } },
    });
    expect(report).toMatchObject({ versions: REPORT.versions, failures: REPORT.failures, seconds: 12.3 });
    expect(report.machine).toContain(process.platform);
  });
});
