// Which records does `GET dns_records` mean, and in which order?  CF api/dns/records
//
//   name=…  name.exact=…  name.contains=…  name.startswith=…  name.endswith=…   and so for content and comment
//   comment.absent=  comment.present=  tag=…  tag.present=  tag.absent=  type  proxied  search  match  order  direction

import { ok, type Result } from '../../../base/index.ts'
import { type DnsRecord, toAsciiName } from '../../../config/index.ts'
import type { ApiProblem } from '../../errors.ts'
import { readChoice } from '../../pagination.ts'

type Judge = (record: DnsRecord) => boolean

const TEXTS = ['name', 'content', 'comment'] as const

const OPERATORS: readonly (readonly [suffix: string, judge: (text: string, wanted: string) => boolean])[] = [
  ['', (text, wanted) => text === wanted],
  ['.exact', (text, wanted) => text === wanted],
  ['.contains', (text, wanted) => text.includes(wanted)],
  ['.startswith', (text, wanted) => text.startsWith(wanted)],
  ['.endswith', (text, wanted) => text.endsWith(wanted)],
]

/** Every parameter that narrows or orders the list. */
export const RECORD_QUERY = [
  ...TEXTS.flatMap((member) => OPERATORS.map(([suffix]) => member + suffix)),
  ...['comment.absent', 'comment.present', 'tag', 'tag.exact', 'tag.present', 'tag.absent', 'tag_match', 'type'],
  ...['proxied', 'search', 'match', 'order', 'direction'],
]

/** The records that the query asks for, in its order. */
export function selectRecords(
  records: readonly DnsRecord[],
  query: URLSearchParams,
): Result<readonly DnsRecord[], readonly ApiProblem[]> {
  const match = readChoice(query, 'match', ['all', 'any'])
  if (!match.ok) return match
  const order = readChoice(query, 'order', ['name', 'type', 'content', 'ttl', 'proxied'])
  if (!order.ok) return order
  const direction = readChoice(query, 'direction', ['asc', 'desc'])
  if (!direction.ok) return direction
  const proxied = readChoice(query, 'proxied', ['', 'true', 'false'])
  if (!proxied.ok) return proxied
  const tagMatch = readChoice(query, 'tag_match', ['all', 'any'])
  if (!tagMatch.ok) return tagMatch
  const judges = [...textJudges(query), ...otherJudges(query)]
  const found = records.filter((record) => {
    if (judges.length === 0) return true
    return match.value === 'all' ? judges.every((judge) => judge(record)) : judges.some((judge) => judge(record))
  })
  const key = order.value
  const sorted = found.toSorted((a, b) => compare(a[key], b[key]) || compare(a.id, b.id))
  return ok(direction.value === 'desc' ? sorted.toReversed() : sorted)
}

function compare(a: string | number | boolean, b: string | number | boolean): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function textJudges(query: URLSearchParams): readonly Judge[] {
  return TEXTS.flatMap((member) =>
    OPERATORS.flatMap(([suffix, judge]) => {
      const text = query.get(member + suffix)?.toLowerCase()
      // Names are kept in ASCII, and asked for as people write them.
      const wanted = text && member === 'name' ? (toAsciiName(text) ?? text) : text
      if (wanted === undefined || wanted === '') return []
      return [(record: DnsRecord) => judge((record[member] ?? '').toLowerCase(), wanted)]
    }),
  )
}

function otherJudges(query: URLSearchParams): readonly Judge[] {
  const type = query.get('type')?.toUpperCase()
  const proxied = query.get('proxied')?.toLowerCase()
  const search = query.get('search')?.toLowerCase()
  return [
    ...(type ? [(record: DnsRecord) => record.type === type] : []),
    ...(proxied ? [(record: DnsRecord) => String(record.proxied) === proxied] : []),
    ...(search ? [(record: DnsRecord) => isFoundIn(record, search)] : []),
    ...(query.has('comment.absent') ? [(record: DnsRecord) => record.comment === null] : []),
    ...(query.has('comment.present') ? [(record: DnsRecord) => record.comment !== null] : []),
    ...tagJudges(query),
  ]
}

function isFoundIn({ name, content, comment, tags }: DnsRecord, search: string): boolean {
  return [name, content, comment ?? '', ...tags].some((text) => text.toLowerCase().includes(search))
}

function tagJudges(query: URLSearchParams): readonly Judge[] {
  const judges = [
    ...query.getAll('tag').map(
      (tag): Judge =>
        ({ tags }) =>
          tags.includes(tag),
    ),
    ...query.getAll('tag.exact').map(
      (tag): Judge =>
        ({ tags }) =>
          tags.includes(tag),
    ),
    ...query.getAll('tag.present').map(
      (name): Judge =>
        ({ tags }) =>
          tags.some((tag) => nameOf(tag) === name),
    ),
    ...query.getAll('tag.absent').map(
      (name): Judge =>
        ({ tags }) =>
          tags.every((tag) => nameOf(tag) !== name),
    ),
  ]
  if (judges.length === 0) return []
  const any = query.get('tag_match')?.toLowerCase() === 'any'
  return [(record) => (any ? judges.some((judge) => judge(record)) : judges.every((judge) => judge(record)))]
}

function nameOf(tag: string): string {
  return tag.split(':')[0] ?? ''
}
