// An explanation for people: the verdict first, then how it came about, then what to do.
//
//   BLOCKED   CORS check: Access-Control-Allow-Origin is missing
//             ...
//   rules     those that matched
//   edge      HIT: a stored response is fresh
//   key       origin  https://a.example
//   stored    a table, a line for each copy of the URL
//   advice    one line
//
// Everything that came over the wire passes through `harmless`.

import { fail, ok, type Result } from '../base/index.ts'
import type { CliFailure } from './api-client.ts'
import { alignColumns, INDENT, section } from './drawing.ts'
import { harmless, type Paint } from './paint.ts'

export type AskedFor = { readonly url: string; readonly origin: string | undefined; readonly method: string }
export type DrawingStyle = { readonly paint: Paint; readonly follows: boolean }

type Copy = {
  readonly origin: string | null
  readonly status: number
  readonly age: number
  readonly ttl: number
}

type Document = {
  readonly rules: readonly string[]
  readonly cache: {
    readonly status: string | null
    readonly assumes: string | null
    readonly key_parts: readonly { readonly name: string; readonly value: string }[]
    readonly variant:
      | (Omit<Copy, 'origin'> & {
          readonly filled_by: { readonly origin: string | null; readonly at: string }
          readonly fields: Readonly<Record<string, string>>
        })
      | null
    readonly others: readonly (Copy & { readonly why_not: string; readonly grants: string | null })[]
    readonly more_others: boolean
    readonly trail: readonly string[]
  }
  readonly browser: {
    readonly verdict: 'allow' | 'block' | 'unknown'
    readonly step: string
    readonly why: string
    readonly assumes: string | null
    readonly exposed: readonly string[]
  }
  readonly answer: { readonly status: number } | null
  readonly probe: { readonly kind: string; readonly status?: number; readonly why?: string } | null
  readonly preflight: { readonly why: string; readonly passes: boolean | null; readonly max_age: number | null } | null
  readonly hops: readonly Hop[]
  readonly advice: string | null
}

type Hop = {
  readonly kind: string
  readonly method: string
  readonly url: string
  readonly origin: string | null
  readonly cache_status: string | null
  readonly status: number | null
}

/** The drawing, or why the API's answer is none that can be drawn. */
export function drawExplanation(asked: AskedFor, result: unknown, style: DrawingStyle): Result<string, CliFailure> {
  if (!isDocument(result)) {
    return fail({ message: 'the answer of the API is no explanation; is the edge of another version?', exitCode: 1 })
  }
  const sections = [
    title(asked, style),
    ['', ...verdict(result, style)],
    preflight(result),
    ['', ...section('rules', result.rules.map(harmless)), ...edge(result)],
    key(result),
    stored(result, style),
    hops(result, style),
    ...(result.advice === null ? [] : [['', section('advice', [style.paint.strong(harmless(result.advice))])].flat()]),
  ]
  return ok(`${sections.flat().join('\n')}\n`)
}

function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null) return false
  const { rules, cache, browser, hops } = value as Partial<Document>
  return Array.isArray(rules) && Array.isArray(cache?.trail) && Array.isArray(browser?.exposed) && Array.isArray(hops)
}

function title({ url, origin, method }: AskedFor, { paint }: DrawingStyle): readonly string[] {
  const from = origin === 'null' ? 'from a page whose Origin is null' : `from a page of ${origin}`
  const page = origin === undefined ? 'without a page' : from
  return [paint.faint(harmless(`${method.toUpperCase()} ${url} ${page}`))]
}

const VERDICTS = { allow: ['ALLOWED', 'good'], block: ['BLOCKED', 'bad'], unknown: ['UNKNOWN', 'unsure'] } as const

function verdict({ browser }: Document, { paint }: DrawingStyle): readonly string[] {
  const [word, colour] = VERDICTS[browser.verdict]
  const lines = [
    ...(browser.verdict === 'unknown' ? [] : [browser.step]),
    browser.why,
    ...(browser.assumes === null ? [] : [`if ${browser.assumes}`]),
    ...(browser.exposed.length === 0 ? [] : [`a script can read ${browser.exposed.join(', ')}`]),
  ].map(harmless)
  const [first = '', ...rest] = lines
  return [
    `${paint[colour](word)}${' '.repeat(INDENT.length - word.length)}${first}`,
    ...rest.map((line) => INDENT + line),
  ]
}

function preflight({ preflight: told }: Document): readonly string[] {
  if (told === null) return []
  const outcome =
    told.passes === null
      ? 'nobody knows whether it passes'
      : told.passes
        ? `it passes, and need not be sent again for ${told.max_age ?? 0} s`
        : 'it does not pass'
  return section('preflight', [harmless(told.why), outcome])
}

function edge({ rules, cache, answer, probe }: Document): readonly string[] {
  const status = cache.status ?? 'no CF-Cache-Status'
  const sends = answer === null ? '' : `, sends ${answer.status}`
  const copy = cache.variant
  return section('edge', [
    `${status}${sends}`,
    ...cache.trail.filter((sentence) => !rules.includes(sentence)).map(harmless),
    ...(cache.assumes === null ? [] : [`if ${cache.assumes}`]),
    ...(copy === null ? [] : [`filled ${copy.filled_by.at} by ${pageOf(copy.filled_by.origin)}; ${lifetime(copy)}`]),
    ...(probe === null
      ? []
      : [
          probe.kind === 'answered'
            ? `probe: the origin server answers ${probe.status} now`
            : `probe: ${harmless(probe.why ?? '')}`,
        ]),
  ])
}

function pageOf(origin: string | null): string {
  return origin === null ? 'a request without Origin' : `a request with Origin ${harmless(origin)}`
}

function lifetime({ age, ttl }: Pick<Copy, 'age' | 'ttl'>): string {
  return ttl > 0 ? `${age} s old, fresh for ${ttl} s` : `${age} s old, stale for ${-ttl} s`
}

function key({ cache: { key_parts: parts } }: Document): readonly string[] {
  const width = Math.max(0, ...parts.map(({ name }) => name.length))
  return section(
    'key',
    parts.map(({ name, value }) => harmless(`${name.padEnd(width)}  ${value}`)),
  )
}

const COLUMNS = ['', 'Origin', 'grants', 'status', 'age', 'fresh for', ''] as const

function stored({ cache }: Document, { paint }: DrawingStyle): readonly string[] {
  const { variant, others } = cache
  const used =
    variant === null
      ? []
      : [
          [
            '>',
            nameOf(variant.filled_by.origin),
            variant.fields['access-control-allow-origin'] ?? '-',
            ...numbers(variant),
            'this one',
          ],
        ]
  const rows = [
    ...used,
    ...others.map((other) => ['', nameOf(other.origin), other.grants ?? '-', ...numbers(other), other.why_not]),
  ].map((cells) => cells.map(harmless))
  if (rows.length === 0) return section('stored', ['nothing for this URL'])
  const table = alignColumns([[...COLUMNS], ...rows])
  const [head = '', ...lines] = table
  const more = cache.more_others ? ['... and there may be more'] : []
  return section('stored', [paint.faint(head), ...lines, ...more])
}

function nameOf(origin: string | null): string {
  return origin ?? '-'
}

function numbers({ status, age, ttl }: Pick<Copy, 'status' | 'age' | 'ttl'>): readonly string[] {
  return [`${status}`, `${age} s`, ttl > 0 ? `${ttl} s` : 'stale']
}

function hops({ hops: all }: Document, { follows, paint }: DrawingStyle): readonly string[] {
  if (!follows) {
    return all.length < 2 ? [] : section('hops', [`${all.length} requests; --follow shows them`])
  }
  const rows = all.map((hop, index) => [
    `${index + 1}`,
    hop.kind === 'preflight' ? `${hop.method} (preflight)` : hop.method,
    hop.url,
    hop.origin === null ? 'no Origin' : `Origin ${hop.origin}`,
    hop.cache_status ?? '-',
    hop.status === null ? 'unknown' : `${hop.status}`,
  ])
  const [head = '', ...lines] = alignColumns([
    ['', 'method', 'URL', 'sent with', 'cache', 'status'],
    ...rows.map((cells) => cells.map(harmless)),
  ])
  return section('hops', [paint.faint(head), ...lines])
}
