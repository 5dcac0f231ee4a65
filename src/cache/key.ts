// The primary cache key: what two requests must have in common to be answered by one entry.  RFC 9111 §2;
// CF cache/how-to/cache-keys; docs/decisions/0022.
//
// A key is a line of printable ASCII, its parts set apart by single spaces:
//
//   ZONE [custom:SHAPE] [no-query] [host=VALUE] [origin=VALUE | any-origin | cors-note] [OVERRIDE=VALUE]... [COMPONENT]... URL
//
//   0123abcd http://b.example.com/a.css?v=1
//   0123abcd origin=https://a.example http://b.example.com/a.css?v=1
//   0123abcd any-origin http://b.example.com/a.css?v=1
//   0123abcd x-forwarded-host=evil.example http://b.example.com/a.css
//   0123abcd custom:9f02c1aa33d07b6e header:x-tier=gold device=mobile https://b.example.com/
//
// What the request lacks is left out: no Origin, an empty one and `null` give three keys.  Where copies are shared between
// Origins (cors_variants: collapse), a URL has two keys more: of what is for everybody, and of what is noted about it.
//
// I1  Injective: a key can be read back into what it was made of.  No part has a space, since all that comes from outside
//     is escaped (key-text.ts); no component's name has a "="; the URL comes last.
// I2  Keys made under different settings differ where the same text would mean different things: by SHAPE, and `no-query`.
// I3  A URL of printable ASCII stands as it is.  Any other begins with "~" and is escaped, "%" too.

import { pathExtension, sortQuery } from '../http/index.ts'
import { DEFAULT_EXTENSIONS } from './eligibility.ts'
import { customComponents, customFieldNames, deviceComponent, type KeyComponent, shapeOf } from './key-custom.ts'
import { makeSelectQuery, type SelectQuery } from './key-query.ts'
import { type KeyRequest, OVERRIDE_FIELDS, type Overrides } from './key-request.ts'
import { escapeText, isPrintable } from './key-text.ts'
import type { CacheSettings, CustomKey } from './settings.ts'
import type { CacheKey } from './stored-response.ts'

/** Keys of one URL that do not depend on who asks. */
export type CommonKeys = {
  /** Of copies that every Origin may be answered with. */
  readonly shared: CacheKey
  /** Of what is known of the URL: never an answer. */
  readonly note: CacheKey
}

export interface KeyMaker {
  /** The key of a request.  `overrides`: those of `OVERRIDE_FIELDS` that it carries, as `collectOverrides` finds them. */
  make(request: KeyRequest, overrides: Overrides): CacheKey
  /** The keys that all Origins have in common, or undefined where each has its own copies only. */
  common(request: KeyRequest, overrides: Overrides): CommonKeys | undefined
  /** Whether a key is one of copies that every Origin may be answered with.  By I1 nothing else can look like it. */
  isShared(key: CacheKey): boolean
  /** The request fields that the key is made of, the override fields apart: a validation must send them again. */
  readonly fieldNames: readonly string[]
  /** Whether the key tells device types apart, so that the origin server must be told the type too. */
  readonly usesDeviceType: boolean
}

const ANY_ORIGIN = ' any-origin'

/** Without "/", so that it ends where the path begins. */
const PRINTABLE_HOST = /^[\x21-\x2e\x30-\x7e]*$/

/** Makes the keys of one zone under one set of settings, which are read here and not for each request. */
export function makeKeyMaker(settings: CacheSettings, zoneId: string): KeyMaker {
  const { custom, byDeviceType } = settings.key
  const usesDeviceType = byDeviceType || custom?.user.deviceType === true
  const isCollapsing = settings.corsVariants === 'collapse'
  // DEVIATION CF cache/how-to/cache-keys: `exclude_origin` does not take Origin out of the keys of own copies under
  // `collapse`: what may be shared is shared anyway, and what is left must not be.
  const keepsOrigin = isCollapsing || custom?.header.excludeOrigin !== true
  const components = usesDeviceType ? [...componentsOf(custom), deviceComponent] : componentsOf(custom)
  const prefix = escapeText(zoneId) + (custom === undefined ? '' : ` custom:${shapeOf(custom)}`)
  const selectQuery = makeQueryPart(settings)
  const mayDropQuery = settings.level === 'simplified' && (custom === undefined || custom.query.kind === 'all')

  const build = (request: KeyRequest, overrides: Overrides, whose: string): CacheKey => {
    const isWithoutQuery = mayDropQuery && DEFAULT_EXTENSIONS.has(pathExtension(request.path))
    let key = isWithoutQuery ? `${prefix} no-query` : prefix
    if (request.hostHeader !== undefined) key += ` host=${escapeText(request.hostHeader)}`
    key += whose
    if (overrides.length > 0) key += overrideComponents(overrides)
    for (const component of components) key += component(request)
    const query = isWithoutQuery ? '' : selectQuery(request.query)
    return `${key} ${urlOf(schemeOf(request, custom), hostOf(request, custom), request.path, query)}`
  }

  return {
    fieldNames: fieldNamesOf(custom, keepsOrigin, usesDeviceType),
    usesDeviceType,
    make: (request, overrides) => {
      const isOfOrigin = keepsOrigin && request.origin !== null
      return build(request, overrides, isOfOrigin ? ` origin=${escapeText(request.origin)}` : '')
    },
    common: (request, overrides) =>
      isCollapsing
        ? { shared: build(request, overrides, ANY_ORIGIN), note: build(request, overrides, ' cors-note') }
        : undefined,
    isShared: (key) => key.includes(`${ANY_ORIGIN} `),
  }
}

/** A default key has the scheme towards the origin server; a custom one that of the visitor. */
function schemeOf(request: KeyRequest, custom: CustomKey | undefined): string {
  return custom === undefined ? request.originScheme : request.visitorScheme
}

function hostOf(request: KeyRequest, custom: CustomKey | undefined): string {
  return custom?.hostResolved === true ? request.resolvedHost : request.host
}

function urlOf(scheme: string, host: string, path: string, query: string): string {
  if (PRINTABLE_HOST.test(host) && isPrintable(path) && isPrintable(query)) return `${scheme}://${host}${path}${query}`
  return `~${scheme}://${escapeText(host).replaceAll('/', '%2F')}${escapeText(path)}${escapeText(query)}`
}

function makeQueryPart(settings: CacheSettings): SelectQuery {
  const select = makeSelectQuery(settings.key.custom?.query ?? { kind: 'all' })
  return settings.sortQuery ? (query) => select(sortQuery(query)) : select
}

/** In the order of `OVERRIDE_FIELDS`, whatever that of the request. */
function overrideComponents(overrides: Overrides): string {
  let text = ''
  for (const known of OVERRIDE_FIELDS) {
    for (const [name, value] of overrides) {
      if (name === known && !isPlainScheme(name, value)) text += ` ${name}=${escapeText(value)}`
    }
  }
  return text
}

function isPlainScheme(name: string, value: string): boolean {
  return name === 'x-forwarded-scheme' && (value === 'http' || value === 'https')
}

function componentsOf(custom: CustomKey | undefined): readonly KeyComponent[] {
  return custom === undefined ? [] : customComponents(custom)
}

function fieldNamesOf(custom: CustomKey | undefined, keepsOrigin: boolean, usesDeviceType: boolean): readonly string[] {
  const names = custom === undefined ? [] : [...customFieldNames(custom)]
  if (keepsOrigin) names.unshift('origin')
  if (usesDeviceType) names.push('user-agent')
  return names
}
