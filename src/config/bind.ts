// Zone files in BIND's form.  RFC 1035 §5
//
//   name  [ttl] [class]  type  rdata   ; comment cf_tags=cf-proxied:true
//
// Read: $ORIGIN, $TTL, `@`, names left out (the one before holds), parentheses over lines, quoted strings, comments.
// Left out of what is read: the SOA record, and NS records of the zone itself, which are not the file's to say.

import { fail, ok, type Result } from '../base/index.ts'
import { type DnsRecord, PROXIABLE, type RecordType } from './dns-record.ts'

type Json = Readonly<Record<string, unknown>>

const PROXIED_TAG = 'cf_tags=cf-proxied:'
const AUTOMATIC_TTL = 1
const MIN_TTL_SECONDS = 30

/** The records as a zone file. */
export function printBind(zoneName: string, records: readonly DnsRecord[]): string {
  const lines = records.toSorted((a, b) => (a.type === b.type ? compare(a.name, b.name) : compare(a.type, b.type)))
  return [`;; Domain:     ${zoneName}.`, `$ORIGIN ${zoneName}.`, '', ...lines.map(printRecord), ''].join('\n')
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function printRecord({ name, ttl, type, priority, content, proxied, comment }: DnsRecord): string {
  const rdata = [...(priority === undefined ? [] : [priority]), printContent(type, content)].join(' ')
  const notes = [
    ...(comment === null ? [] : [comment.replace(/[\r\n]+/g, ' ')]),
    ...(PROXIABLE.includes(type) ? [`${PROXIED_TAG}${proxied}`] : []),
  ]
  return `${name}.\t${ttl}\tIN\t${type}\t${rdata}${notes.length === 0 ? '' : ` ; ${notes.join(' ')}`}`
}

function printContent(type: RecordType, content: string): string {
  if (type === 'TXT') return content.startsWith('"') ? content : `"${content.replace(/[\\"]/g, '\\$&')}"`
  return ['CNAME', 'NS', 'MX', 'PTR'].includes(type) ? `${content}.` : content
}

/** A record of a file, and where it begins. */
export type BindRecord = { readonly line: number; readonly json: Json }

/** The records of a file as the API would be told them; or the first line that cannot be read, and why. */
export function parseBind(text: string, zoneName: string, proxied: boolean): Result<readonly BindRecord[], string> {
  const records: BindRecord[] = []
  const state = { origin: zoneName, ttl: AUTOMATIC_TTL, name: zoneName }
  for (const { number, tokens, comment, indented } of entriesOf(text)) {
    const [first = ''] = tokens
    if (first === '$ORIGIN') state.origin = absolute(tokens[1] ?? '', state.origin)
    else if (first === '$TTL') state.ttl = secondsOf(tokens[1] ?? '') ?? state.ttl
    else if (first.startsWith('$')) return fail(`line ${number}: ${first} is not supported; write its records here`)
    else {
      if (!indented) state.name = absolute(first, state.origin)
      const record = readEntry(indented ? tokens : tokens.slice(1), state)
      if (record === undefined) return fail(`line ${number}: this is no record; write NAME TTL IN TYPE CONTENT`)
      const { type } = record
      if (type === 'SOA' || (type === 'NS' && record.name === zoneName)) continue
      const tagged = comment.includes(PROXIED_TAG)
      const wanted = tagged ? comment.includes(`${PROXIED_TAG}true`) : proxied
      const json = { ...record, ...(PROXIABLE.includes(type as RecordType) && { proxied: wanted }) }
      records.push({ line: number, json })
    }
  }
  return ok(records)
}

type State = { readonly origin: string; readonly ttl: number; readonly name: string }

function readEntry(tokens: readonly string[], { origin, ttl, name }: State): (Json & { type: string }) | undefined {
  let at = 0
  let given: number | undefined
  for (; at < 2; at += 1) {
    const token = tokens[at] ?? ''
    const parsed = secondsOf(token)
    if (parsed !== undefined) given = parsed
    else if (!/^(?:IN|CH|HS)$/i.test(token)) break
  }
  const type = (tokens[at] ?? '').toUpperCase()
  const rdata = tokens.slice(at + 1)
  if (type === '' || rdata.length === 0) return undefined
  const seconds = given ?? ttl
  const base = { name, type, ttl: seconds <= AUTOMATIC_TTL ? AUTOMATIC_TTL : Math.max(seconds, MIN_TTL_SECONDS) }
  if (type === 'MX') return { ...base, priority: Number(rdata[0]), content: absolute(rdata[1] ?? '', origin) }
  if (type === 'URI') return { ...base, priority: Number(rdata[0]), content: rdata.slice(1).join(' ') }
  if (type === 'CNAME' || type === 'NS' || type === 'PTR') return { ...base, content: absolute(rdata[0] ?? '', origin) }
  return { ...base, content: rdata.join(' ') }
}

/** A name with its dot at the end taken off, or below the origin when it has none. */
function absolute(name: string, origin: string): string {
  if (name === '@') return origin
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : `${lower}.${origin}`
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** `3600`, `1h`, `1h30m`; undefined: it is no time. */
function secondsOf(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhdw]?)+$/i.test(text)) return undefined
  const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)]
  return parts.reduce((sum, [, digits, unit]) => sum + Number(digits) * (UNITS[unit || 's'] ?? 1), 0)
}

type Entry = {
  readonly number: number
  readonly tokens: readonly string[]
  readonly comment: string
  /** Whether it began with a space: the name before holds. */
  readonly indented: boolean
}

/** Lines that say something; what stands in parentheses is one of them. */
function* entriesOf(text: string): Generator<Entry> {
  let open = 0
  let entry: { number: number; tokens: string[]; comment: string; indented: boolean } | undefined
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    entry ??= { number: index + 1, tokens: [], comment: '', indented: /^[ \t]/.test(line) }
    for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"|;.*|[()]|[^\s;()"]+/g)) {
      if (token === '(') open += 1
      else if (token === ')') open = Math.max(0, open - 1)
      else if (token.startsWith(';')) entry.comment += token
      else entry.tokens.push(token)
    }
    if (open > 0) continue
    if (entry.tokens.length > 0) yield entry
    entry = undefined
  }
  if (entry !== undefined && entry.tokens.length > 0) yield entry
}
