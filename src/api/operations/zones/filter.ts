// Which zones does `GET /zones` mean, and in which order?  CF api/zones
//
//   name=a.example   name=equal:…  not_equal:…  starts_with:…  ends_with:…  contains:…, each also …_case_sensitive:

import { ok, type Result } from '../../../base/index.ts'
import { ACCOUNT_ID, type ZoneHead } from '../../../config/index.ts'
import type { ApiProblem } from '../../errors.ts'
import { readChoice } from '../../pagination.ts'
import { ACCOUNT_NAME } from '../accounts/account.ts'

type Judge = (zone: ZoneHead) => boolean

const OPERATORS: Readonly<Record<string, (text: string, wanted: string) => boolean>> = {
  equal: (text, wanted) => text === wanted,
  not_equal: (text, wanted) => text !== wanted,
  starts_with: (text, wanted) => text.startsWith(wanted),
  ends_with: (text, wanted) => text.endsWith(wanted),
  contains: (text, wanted) => text.includes(wanted),
}

/** The zones that the query asks for, in its order. */
export function selectZones(
  zones: readonly ZoneHead[],
  query: URLSearchParams,
): Result<readonly ZoneHead[], readonly ApiProblem[]> {
  const match = readChoice(query, 'match', ['all', 'any'])
  if (!match.ok) return match
  const order = readChoice(query, 'order', ['', 'name', 'status', 'account.id', 'account.name', 'plan.id'])
  if (!order.ok) return order
  const direction = readChoice(query, 'direction', ['asc', 'desc'])
  if (!direction.ok) return direction
  const judges = readJudges(query)
  const found = zones.filter((zone) => {
    // Internal zones are for those who ask for them.
    if (zone.record.type === 'internal' && !query.has('type')) return false
    if (judges.length === 0) return true
    return match.value === 'all' ? judges.every((judge) => judge(zone)) : judges.some((judge) => judge(zone))
  })
  // Of one account and one plan, only the name tells zones apart.
  const sorted = order.value === 'name' ? found.toSorted((a, b) => (a.record.name < b.record.name ? -1 : 1)) : found
  return ok(direction.value === 'desc' ? sorted.toReversed() : sorted)
}

function readJudges(query: URLSearchParams): readonly Judge[] {
  const status = listOf(query, 'status')
  const types = listOf(query, 'type')
  const account = query.get('account.id')
  const accountName = query.get('account.name')
  return [
    ...query.getAll('name').filter(Boolean).map(nameJudge),
    ...(status.length === 0 ? [] : [() => status.includes('active')]),
    ...(types.length === 0 ? [] : [({ record }: ZoneHead) => types.includes(record.type)]),
    ...(account === null || account === '' ? [] : [() => account === ACCOUNT_ID]),
    ...(accountName === null || accountName === '' ? [] : [() => compare(ACCOUNT_NAME, accountName)]),
  ]
}

/** Repeated, or with commas. */
function listOf(query: URLSearchParams, name: string): readonly string[] {
  return query.getAll(name).flatMap((value) => value.split(',').filter(Boolean))
}

function nameJudge(text: string): Judge {
  return ({ record }) => compare(record.name, text)
}

function compare(name: string, text: string): boolean {
  const colon = text.indexOf(':')
  const operator = text.slice(0, Math.max(colon, 0))
  const plain = operator.replace(/_case_sensitive$/, '')
  const judge = Object.hasOwn(OPERATORS, plain) ? OPERATORS[plain] : undefined
  if (judge === undefined) return name === text.toLowerCase()
  const wanted = text.slice(colon + 1)
  return operator === plain ? judge(name.toLowerCase(), wanted.toLowerCase()) : judge(name, wanted)
}
