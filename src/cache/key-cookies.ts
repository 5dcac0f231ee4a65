// The cookies that a custom key is made of.  RFC 6265 §4.2.1; CF cache/how-to/cache-keys, `cookie`

import { trimOws } from '../http/index.ts'

/**
 * The values of the named cookies, by name, in the order in which the request has them.  A cookie that comes twice has two
 * values, because origins differ in which of them they take.  One pass over the field.
 */
export function cookieValues(
  cookieField: string | null,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  if (cookieField === null) return values
  for (const piece of cookieField.split(';')) {
    const pair = trimOws(piece)
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : trimOws(pair.slice(0, equals))
    if (!names.has(name)) continue
    const value = equals < 0 ? '' : pair.slice(equals + 1)
    const earlier = values.get(name)
    if (earlier === undefined) values.set(name, [value])
    else earlier.push(value)
  }
  return values
}
