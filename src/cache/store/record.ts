// How a stored response is written down on disk: one JSON array.  Key, zone, revision and body have columns of their own.
//
//   [id, scheme, host, path, query, selecting, requestFields, status, fields, tags,
//    lifetime, alwaysValidate, staleWhileRevalidate, staleIfError, staleIfUnreachable, responseTime,
//    initialAge]
//
// Field lists are flat: [name, value, name, value, ...].  A selecting value that is absent is null.

import { epochMillis, millis } from '../../base/index.ts'
import type { FieldList } from '../../http/index.ts'
import type { Selecting, StoredBody, StoredResponse } from '../stored-response.ts'

/** What the row's other columns say. */
export type RecordColumns = {
  readonly key: string
  readonly zone: string
  readonly revision: number
  readonly body: StoredBody
}

export function encodeRecord(response: StoredResponse): string {
  const { location, freshness } = response
  return JSON.stringify([
    response.id,
    location.scheme,
    location.host,
    location.path,
    location.query,
    response.selecting.flat(),
    response.requestFields.flat(),
    response.status,
    response.fields.flat(),
    response.tags,
    freshness.lifetime,
    freshness.alwaysValidate,
    freshness.staleWhileRevalidate,
    freshness.staleIfError,
    freshness.staleIfUnreachable,
    response.responseTime,
    response.initialAge,
  ])
}

/** The stored response, or undefined when the text is not what `encodeRecord` writes. */
export function parseRecord(text: string, { key, zone, revision, body }: RecordColumns): StoredResponse | undefined {
  const row = parseArray(text)
  if (row === undefined || row.length !== 17) return undefined
  const [id, scheme, host, path, query, selecting, requestFields, status, fields, tags] = row
  const [lifetime, alwaysValidate, whileRevalidate, ifError, ifUnreachable, responseTime, initialAge] = row.slice(10)
  if (![id, scheme, host, path, query].every(isString)) return undefined
  if (![status, lifetime, whileRevalidate, ifError, ifUnreachable, responseTime, initialAge].every(isNumber))
    return undefined
  if (!isTexts(tags) || !isTexts(requestFields) || !isTexts(fields) || !isSelecting(selecting)) return undefined
  return {
    id: id as string,
    key,
    location: {
      zone,
      scheme: scheme as string,
      host: host as string,
      path: path as string,
      query: query as string,
    },
    selecting: pairs(selecting).map(([name, value]) => [name as string, value ?? undefined]) satisfies Selecting,
    requestFields: pairs(requestFields) as FieldList,
    status: status as number,
    fields: pairs(fields) as FieldList,
    tags,
    freshness: {
      lifetime: millis(lifetime as number),
      alwaysValidate: alwaysValidate === true,
      staleWhileRevalidate: millis(whileRevalidate as number),
      staleIfError: millis(ifError as number),
      staleIfUnreachable: millis(ifUnreachable as number),
    },
    responseTime: epochMillis(responseTime as number),
    initialAge: millis(initialAge as number),
    revision,
    body,
  }
}

function parseArray(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    // Fail closed: a record that cannot be read is no stored response.
    return undefined
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString)
}

function isSelecting(value: unknown): value is (string | null)[] {
  return Array.isArray(value) && value.every((item, at) => isString(item) || (item === null && at % 2 === 1))
}

function pairs<Item>(flat: readonly Item[]): [Item, Item][] {
  const list: [Item, Item][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) list.push([flat[at] as Item, flat[at + 1] as Item])
  return list
}
