// The query as a list of parameters: sorted for the cache key, or picked from by name.  CF cache/advanced-configuration/
// query-string-sort.
//
// Parameters are compared as the bytes they are: `a%62` is not `ab`.  URL normalisation is another matter.

/** Name, value (undefined without a "="), and the parameter as written. */
export type QueryParameter = readonly [name: string, value: string | undefined, raw: string]

/**
 * The query with its parameters sorted by name, then by value; a bare name comes before one with "=".  The sort only
 * moves parameters: none is dropped, merged or respelled, because the sorted query is what the origin receives.
 */
export function sortQuery(query: string): string {
  if (!query.includes('&')) return query
  const text = query[0] === '?' ? query.slice(1) : query
  const sorted = text.split('&').map(parameterOf).sort(byNameThenValue)
  return `?${sorted.map(([, , raw]) => raw).join('&')}`
}

/** The parameters of a query in order; empty ones, as in `?a&&b`, are left out. */
export function queryParameters(query: string): readonly QueryParameter[] {
  const text = query[0] === '?' ? query.slice(1) : query
  return text
    .split('&')
    .filter((raw) => raw !== '')
    .map(parameterOf)
}

function parameterOf(raw: string): QueryParameter {
  const equals = raw.indexOf('=')
  return equals < 0 ? [raw, undefined, raw] : [raw.slice(0, equals), raw.slice(equals + 1), raw]
}

function byNameThenValue(a: QueryParameter, b: QueryParameter): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  if (a[1] === b[1]) return 0
  if (a[1] === undefined || b[1] === undefined) return a[1] === undefined ? -1 : 1
  return a[1] < b[1] ? -1 : 1
}
