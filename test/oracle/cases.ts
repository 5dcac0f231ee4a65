// Small questions to Chromium whose every answer is known beforehand: which headers make it ask first, and which resource
// policies keep an answer from a page.  Random scenarios come by them too seldom.

import { PAGE_NAMES, type PageName } from './behaviours.ts'

/** Headers that a page may try to set, each alone. */
export const HEADERS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['accept', ['', 'ä', 'a\tb', 'a"b', 'x'.repeat(128), 'x'.repeat(129)]],
  ['accept-language', ['', 'ä', 'de,en;q=0.5', 'a_b', 'a\tb']],
  ['content-language', ['de', 'a/b']],
  ['content-type', ['', 'TEXT/PLAIN', 'text/plain;', 'text/plain;charset=utf-8', 'text/plain; charset="a"', 'text/plain,text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded', 'application/json']],
  ['range', ['bytes=0-3', 'bytes=0-', 'bytes=-3', 'bytes= 0-3', 'BYTES=0-3', 'bytes=3-0', 'bytes=0-1,3-4', 'bytes=0-9223372036854775806', 'bytes=0-9223372036854775807', 'bytes=9223372036854775806-', 'bytes=9223372036854775807-', 'bytes=9223372036854775808-']],
  ['dpr', ['1', '1.5', 'x', '', '-1', '1e3', '.5']],
  ['device-memory', ['1', '0.5', 'x']],
  ['downlink', ['1', '1.5', 'x', '-1']],
  ['ect', ['4g', '3g', '2g', 'slow-2g', '5g', '4G']],
  ['rtt', ['10', '1.5', 'x']],
  ['save-data', ['on', 'ON', 'off', '']],
  ['viewport-width', ['100', '1.5', 'a:b', '']],
  ['width', ['100', '-1', 'x']],
  ['intervention', ['x', '"']],
  ['user-agent', ['x', '"']],
  ['authorization', ['x']],
  ['x-http-method-override', ['PUT', 'TRACE', 'GET, connect', 'trace']],
  ...'cache-control pragma purpose last-event-id if-none-match if-match content-dpr upgrade-insecure-requests priority x-requested-with x-client-data service-worker'.split(' ').map((name) => [name, ['1']] as const),
  ...'access-control-request-private-network access-control-request-local-network access-control-request-method'.split(' ').map((name) => [name, ['x']] as const),
  ...'accept-charset accept-encoding connection cookie cookie2 date dnt expect keep-alive referer set-cookie te trailer transfer-encoding upgrade via proxy-x sec-x sec-ch-ua'.split(' ').map((name) => [name, ['x']] as const),
] // biome-ignore format: a table

export const POLICIES = [null, 'same-origin', 'same-site', 'cross-origin', 'x', 'Same-Origin', 'same-origin, cross-origin', ' same-origin ', ''] as const // biome-ignore format: a list

/** Pages that load an answer of a host as no-cors: `port` is of one site with `a`, and of another origin. */
export const LOADS: readonly (readonly [page: PageName, host: 'r' | 'a'])[] = PAGE_NAMES.flatMap((page) => [
  [page, 'r'],
  [page, 'a'],
])
