// Findings for people: a kind at a time, the latest first.
//
//   reflects-without-vary
//             what is wrong, in a sentence
//   fix       what to do at the origin server
//   where     a table, a line for each URL: how often, when last
//   shown by  the answers that show it at the first of these URLs: one, or two that contradict each other
//
// Everything that came over the wire passes through `harmless`.

import { fail, ok, type Result } from '../base/index.ts'
import type { CliFailure } from './api-client.ts'
import { alignColumns, INDENT, section } from './drawing.ts'
import { harmless, type Paint } from './paint.ts'

type Answer = {
  readonly origin: string | null
  readonly status: number
  readonly fields: Readonly<Record<string, string>>
}

type Finding = {
  readonly kind: string
  readonly url: string
  readonly count: number
  readonly last_seen: string
  readonly what: string
  readonly fix: string
  readonly evidence: readonly Answer[]
}

/** URLs of a kind that are shown; `--json` has all. */
const MAX_SHOWN_URLS = 10

/** The drawing, or why the API's answer is none that can be drawn.  `place`: the zone or the URL that was asked about. */
export function drawFindings(place: string, found: readonly unknown[], paint: Paint): Result<string, CliFailure> {
  if (!found.every(isFinding)) {
    return fail({ message: 'the answer of the API lists no findings; is the edge of another version?', exitCode: 1 })
  }
  if (found.length === 0) {
    return ok(`nothing is wrong with CORS at ${harmless(place)}, in what the edge has seen since it started\n`)
  }
  const kinds = [...Map.groupBy(found, ({ kind }) => kind)]
  return ok(`${kinds.map(([kind, findings]) => drawKind(kind, findings, paint).join('\n')).join('\n\n')}\n`)
}

function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false
  const { kind, url, count, last_seen, what, fix, evidence } = value as Partial<Record<keyof Finding, unknown>>
  const isText = [kind, url, last_seen, what, fix].every((text) => typeof text === 'string')
  return isText && typeof count === 'number' && Array.isArray(evidence) && evidence.every(isAnswer)
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false
  const { origin, status, fields } = value as Partial<Record<keyof Answer, unknown>>
  const isAsked = origin === null || typeof origin === 'string'
  if (!isAsked || typeof status !== 'number' || typeof fields !== 'object' || fields === null) return false
  return Object.values(fields).every((text) => typeof text === 'string')
}

function drawKind(kind: string, findings: readonly Finding[], paint: Paint): readonly string[] {
  const [first] = findings
  if (first === undefined) return []
  return [
    paint.bad(harmless(kind)),
    INDENT + harmless(first.what),
    ...section('fix', [paint.strong(harmless(first.fix))]),
    ...section('where', whereTable(findings, paint)),
    ...section('shown by', answersTable(first, paint)),
  ]
}

function whereTable(findings: readonly Finding[], paint: Paint): readonly string[] {
  const rows = findings
    .slice(0, MAX_SHOWN_URLS)
    .map(({ url, count, last_seen }) => [`${count}`, last_seen, url].map(harmless))
  const left = findings.length - rows.length
  return [
    ...withHead([['times', 'last seen', 'URL'], ...rows], paint),
    ...(left === 0 ? [] : [`... and ${left} more; --json lists them`]),
  ]
}

/** Fields of an answer that show a finding, beside its grant and its Vary. */
const TELLING: Readonly<Record<string, readonly string[]>> = {
  'star-with-credentials': ['access-control-allow-credentials'],
  'immutable-with-reflection': ['cache-control'],
  'ranges-not-exposed': ['accept-ranges', 'access-control-expose-headers'],
}

function answersTable({ kind, evidence }: Finding, paint: Paint): readonly string[] {
  const telling = TELLING[kind] ?? []
  const rows = evidence.map(({ origin, status, fields }) =>
    [
      origin ?? '-',
      `${status}`,
      ...['access-control-allow-origin', 'vary', ...telling].map((name) => fields[name] ?? '-'),
    ].map(harmless),
  )
  return withHead([['Origin', 'status', 'grants', 'Vary', ...telling], ...rows], paint)
}

function withHead(rows: readonly (readonly string[])[], paint: Paint): readonly string[] {
  const [head = '', ...lines] = alignColumns(rows)
  return [paint.faint(head), ...lines]
}
