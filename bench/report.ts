// What a run found, as a table for people and JSON for machines.  Whether a target was met is said here and only here.

import type { Figure } from './rounds.ts'
import type { Footprint, Scenario } from './scenarios.ts'

export type Verdict = 'met' | 'missed' | 'no target'

export type Report = {
  readonly date: string
  readonly machine: string
  /** Name and version of everything that took part. */
  readonly versions: Readonly<Record<string, string>>
  readonly rounds: number
  readonly seconds: number
  readonly scenarios: readonly { readonly scenario: Scenario; readonly figure: Figure; readonly verdict: Verdict }[]
  readonly footprints: readonly { readonly footprint: Footprint; readonly value: number; readonly verdict: Verdict }[]
}

/** Whether a value meets its target; nothing measured meets none. */
export function judge(value: number | undefined, target: number | undefined): Verdict {
  if (target === undefined) return 'no target'
  return value !== undefined && value <= target ? 'met' : 'missed'
}

/** The report as markdown. */
export function renderMarkdown(report: Report): string {
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`)
  return [
    `# Benchmark of ${report.date}`,
    '',
    `${report.machine}. ${versions.join(', ')}.`,
    '',
    ...scenarioTable(report),
    ...footprintTable(report),
  ].join('\n')
}

function scenarioTable(report: Report): string[] {
  if (report.scenarios.length === 0) return []
  const rows = report.scenarios.map(({ scenario, figure, verdict }) => [
    scenario.title,
    microseconds(figure.perRequest.varyant),
    `${scenario.peer} ${microseconds(figure.perRequest[scenario.peer])}`,
    microseconds(figure.perRequest.bun),
    figure.ratio === undefined ? '-' : figure.ratio.median.toFixed(2),
    figure.ratio === undefined ? '-' : `${figure.ratio.least.toFixed(2)} to ${figure.ratio.most.toFixed(2)}`,
    `<= ${scenario.target}`,
    figure.noisy ? `${verdict}, noisy` : verdict,
  ])
  return [
    `Processor microseconds for each request on one core; the median of ${report.rounds} rounds of ${report.seconds} s, the`,
    'contenders taking turns. Ratios are those of Varyant to the peer, taken within a round. Bare Bun is a server on the same',
    'runtime that has the answers ready and judges nothing: less than that nothing on this runtime can cost.',
    '',
    ...table(['scenario', 'varyant', 'peer', 'bare Bun', 'ratio', 'range', 'target', 'verdict'], rows),
    '',
    ...noiseNote(report),
  ]
}

function noiseNote(report: Report): string[] {
  if (!report.scenarios.some(({ figure }) => figure.noisy)) return []
  return ['Noisy: the machine was busy with other things in too many rounds; measure again when it is quiet.', '']
}

function footprintTable(report: Report): string[] {
  if (report.footprints.length === 0) return []
  const rows = report.footprints.map(({ footprint, value, verdict }) => [
    footprint.title,
    `${value.toFixed(0)} ${footprint.unit}`,
    footprint.target === undefined ? '-' : `<= ${footprint.target} ${footprint.unit}`,
    verdict,
  ])
  return [...table(['Varyant alone', 'measured', 'target', 'verdict'], rows), '']
}

function microseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} us`
}

/** A markdown table whose columns are as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}
