// What a custom key takes from a request beside its URL.  CF cache/how-to/cache-keys
//
// Each function is made once from the settings and adds " NAME=VALUE" for what a request has, or nothing for what it
// lacks.  Names are those of the setting, so that a key can be read: `header:x-a=1`, `has-cookie:session`, `lang=de`.

import { deviceType } from './device-type.ts'
import { cookieValues } from './key-cookies.ts'
import type { KeyRequest } from './key-request.ts'
import { escapeName, escapeText } from './key-text.ts'
import type { CustomKey, NameSelection } from './settings.ts'

/** A part of the key: empty, or with a space in front. */
export type KeyComponent = (request: KeyRequest) => string

/** The components of a custom key in their order; the device type is not among them, as any key can have it. */
export function customComponents(custom: CustomKey): readonly KeyComponent[] {
  const { header, cookie, user } = custom
  const components: KeyComponent[] = [
    ...sorted(header.include).map(headerComponent),
    ...sorted(header.checkPresence).map(headerPresence),
    ...sorted(Object.keys(header.contains)).map((name) => headerContains(name, header.contains[name] ?? [])),
  ]
  if (cookie.include.length + cookie.checkPresence.length > 0) components.push(cookieComponent(cookie))
  if (user.geo) components.push(({ country }) => (country === undefined ? '' : ` geo=${escapeText(country)}`))
  if (user.lang) components.push(langComponent)
  return components
}

/** The request fields that the components read. */
export function customFieldNames({ header, cookie, user }: CustomKey): readonly string[] {
  const names = [...header.include, ...header.checkPresence, ...Object.keys(header.contains)]
  if (cookie.include.length + cookie.checkPresence.length > 0) names.push('cookie')
  if (user.lang) names.push('accept-language')
  return sorted([...new Set(names)])
}

export function deviceComponent(request: KeyRequest): string {
  return ` device=${request.deviceType ?? deviceType(request.field('user-agent') ?? '')}`
}

/**
 * A short name for what a custom key selects.  The key carries it, because a text such as `http://h/a` says something else
 * when the query was left out on purpose.  The order of the names in the settings does not matter.
 */
export function shapeOf({ query, header, cookie, hostResolved, user }: CustomKey): string {
  const contains = sorted(Object.keys(header.contains)).map((name) => [name, sorted(header.contains[name] ?? [])])
  return fingerprint(
    JSON.stringify([
      canonicalSelection(query),
      [sorted(header.include), sorted(header.checkPresence), contains, header.excludeOrigin],
      [sorted(cookie.include), sorted(cookie.checkPresence)],
      [hostResolved, user.deviceType, user.geo, user.lang],
    ]),
  )
}

function canonicalSelection(selection: NameSelection): readonly unknown[] {
  return 'names' in selection ? [selection.kind, sorted(selection.names)] : [selection.kind]
}

function headerComponent(name: string): KeyComponent {
  return (request) => {
    const value = request.field(name)
    return value === null ? '' : ` header:${escapeName(name)}=${escapeText(value)}`
  }
}

function headerPresence(name: string): KeyComponent {
  return (request) => (request.field(name) === null ? '' : ` has-header:${escapeName(name)}`)
}

/** The whole value of a field that contains one of the values; a field that contains none counts as absent. */
function headerContains(name: string, values: readonly string[]): KeyComponent {
  return (request) => {
    const value = request.field(name)
    if (value === null || !values.some((part) => value.includes(part))) return ''
    return ` header-containing:${escapeName(name)}=${escapeText(value)}`
  }
}

function cookieComponent({ include, checkPresence }: CustomKey['cookie']): KeyComponent {
  const included = sorted(include)
  const checked = sorted(checkPresence)
  const names = new Set([...included, ...checked])
  return (request) => {
    const values = cookieValues(request.field('cookie'), names)
    if (values.size === 0) return ''
    let text = ''
    for (const name of included) {
      for (const value of values.get(name) ?? []) text += ` cookie:${escapeName(name)}=${escapeText(value)}`
    }
    for (const name of checked) if (values.has(name)) text += ` has-cookie:${escapeName(name)}`
    return text
  }
}

/** The first language tag of Accept-Language, without its weight: `zh-CN` and `zh-TW` are two. */
function langComponent(request: KeyRequest): string {
  const value = request.field('accept-language')
  if (value === null) return ''
  const end = value.search(/[,;]/)
  const tag = (end < 0 ? value : value.slice(0, end)).trim().toLowerCase()
  return tag === '' ? '' : ` lang=${escapeText(tag)}`
}

function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort()
}

/** FNV-1a over UTF-16 units, 64 bits.  Tells settings apart that operators write; it resists no attacker and need not. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0')
}
