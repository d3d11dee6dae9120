/**
 * @import { Figures } from './measure.mjs'
 * @import { Goal, Metric, Workload } from './workloads.mjs'
 * @typedef {Map<string, Figures>} Results by client
 */

/** @type {Record<string, [label: string, unit: string]>} */
const METRICS = {
  cpu: ['CPU', 'ms'],
  wall: ['wall', 'ms'],
  peak: ['peak memory', 'MB'],
  heapEach: ['heap each', 'KB'],
  turns: ['round trips', ''],
};

/** @param {number} value */
export function number(value) {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {Figures | undefined} figures @param {Metric} metric */
const figure = (figures, metric) => (figures?.complete ? Number(figures[metric]) : Number.NaN);

/** @param {Goal} goal @param {Results} results */
function goalText(goal, results) {
  const [label, unit] = /** @type {[string, string]} */ (METRICS[goal.metric]);
  const raw = goal.beyondRaw ? figure(results.get('raw'), goal.metric) : 0;
  const mine = figure(results.get('imapwire'), goal.metric) - raw;
  const theirs = goal.than ? figure(results.get(goal.than), goal.metric) - raw : 0;
  const limit = theirs * (goal.times ?? 1) + (goal.plus ?? 0);
  const times =
    goal.times === undefined || goal.times === 1
      ? ''
      : goal.times < 1
        ? `1/${Math.round(1 / goal.times)} `
        : `${goal.times} × `;
  const bound = goal.than
    ? `${times}${goal.than}${goal.plus ? ` + ${goal.plus} ${unit}` : ''}`
    : `${goal.plus} ${unit}`;
  const verdict = Number.isNaN(mine) || Number.isNaN(limit) ? 'not measured' : mine <= limit ? 'yes' : 'NO';
  return {
    verdict,
    text: `${label} ${goal.beyondRaw ? 'beyond raw ' : ''}≤ ${bound}: ${number(mine)} of ${number(limit)}, ${verdict}`,
  };
}

const COLUMNS = ['workload', 'client', 'wall ms', 'CPU ms', 'peak MB', '÷ imapflow', '÷ node-imap', '÷ raw', 'goal'];

/** The rows of one workload, a client each. @param {Workload} workload @param {Results} results @param {number} count @returns {string[][]} */
export function rowsOf(workload, results, count) {
  const { metric } = workload;
  return [...results].map(([client, figures]) => {
    const ratio = (/** @type {string} */ other) => {
      const value = figure(figures, metric) / figure(results.get(other), metric);
      return other === client || !Number.isFinite(value) ? '' : `${number(value)} ×`;
    };
    const goals =
      client === 'imapwire' && figures.complete ? workload.goals.map((goal) => goalText(goal, results).text) : [];
    const extra = extraText(figures);
    return [
      client === results.keys().next().value ? workload.title.replace('#', count.toLocaleString('en-US')) : '',
      client,
      number(figures.wall),
      number(figures.cpu),
      number(figures.peak),
      ratio('imapflow'),
      ratio('node-imap'),
      ratio('raw'),
      [
        figures.complete ? '' : figures.note === 'not built' ? 'not built' : `INCOMPLETE: ${figures.note}`,
        extra,
        ...goals,
      ]
        .filter(Boolean)
        .join('; '),
    ];
  });
}

/** @param {Figures} figures */
function extraText(figures) {
  if (!figures.complete) return '';
  if (typeof figures.heapEach === 'number') {
    const [heap, outside, resident] = ['heapEach', 'externalEach', 'rssEach'].map((key) =>
      number(Number(figures[key])),
    );
    return `heap each ${heap} KB, outside it ${outside} KB, resident ${resident} KB`;
  }
  if (typeof figures.again !== 'number') return '';
  const resumed =
    figures.resumed === undefined ? '' : figures.resumed ? ', TLS session resumed' : ', TLS session not resumed';
  return `${figures.turns} round trips after the greeting; second time ${number(figures.again)} ms${resumed}`;
}

/** A Markdown table with its columns in line. @param {string[][]} rows @param {string[]} [columns] */
export function table(rows, columns = COLUMNS) {
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => (i === columns.length - 1 ? 0 : (row[i] ?? '').length))),
  );
  const text = columns.map((_, i) => i >= 2 && columns === COLUMNS && i < columns.length - 1);
  const line = (/** @type {string[]} */ row) =>
    `| ${row.map((cell, i) => (text[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (text[i] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

/** @param {Workload} workload @param {Results} results @returns {string[]} */
export const verdicts = (workload, results) =>
  results.get('imapwire')?.complete ? workload.goals.map((goal) => goalText(goal, results).verdict) : [];
