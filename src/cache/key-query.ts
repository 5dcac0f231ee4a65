// Which parameters of the query a custom key is made of.  CF cache/how-to/cache-keys, `query_string`
//
// A parameter that is left out of the key can be changed by anybody without changing what they are served, and if the
// origin reads it after all, by anybody for everybody.  So doubt keeps a parameter in: one whose name is a listed name
// in percent-escapes (`%61=1` is `a=1` to the origin), and one with a ";", at which some origins split.

import { type QueryParameter, queryParameters } from '../http/index.ts'
import type { NameSelection } from './settings.ts'

/** The part of a query that enters the key: empty, or "?" and the parameters kept, in their order and as written. */
export type SelectQuery = (query: string) => string

export function makeSelectQuery(selection: NameSelection): SelectQuery {
  switch (selection.kind) {
    case 'all':
      return (query) => query
    case 'none':
      return () => ''
    case 'only': {
      const names = new Set(selection.names)
      return (query) => keep(query, (parameter) => mayBeListed(parameter, names))
    }
    case 'except': {
      const names = new Set(selection.names)
      return (query) => keep(query, ([name, , raw]) => !names.has(name) || raw.includes(';'))
    }
  }
}

function keep(query: string, isKept: (parameter: QueryParameter) => boolean): string {
  if (query === '') return ''
  const kept = queryParameters(query).filter(isKept)
  return kept.length === 0 ? '' : `?${kept.map(([, , raw]) => raw).join('&')}`
}

function mayBeListed([name, , raw]: QueryParameter, names: ReadonlySet<string>): boolean {
  if (names.has(name) || raw.includes(';')) return true
  const decoded = decodeName(name)
  return decoded === undefined || names.has(decoded)
}

/** The name as an origin would read it, or undefined when its escapes cannot be read for certain. */
export function decodeName(name: string): string | undefined {
  const spaced = name.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Not well-formed; fail closed: the caller treats the name as any name.
    return undefined
  }
}
