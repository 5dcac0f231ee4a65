// The clients of the edge's fuzz: well-behaved ones whose answers can be judged, and hostile ones that write bytes.

import type { FieldLine } from '../../support/index.ts'
import { pick } from '../../support/random.ts'

/** A request that is HTTP, and of which the fuzz knows what may answer it. */
export type Asked = {
  readonly method: 'GET' | 'HEAD'
  readonly host: string
  readonly target: string
  readonly origin: string | undefined
  readonly authorization: string | undefined
  readonly language: string | undefined
  readonly range: string | undefined
  readonly who: string
  readonly fields: readonly FieldLine[]
}

export const PLAIN_HOST = 'example.com'
/** In this zone Vary selects. */
export const VARYING_HOST = 'vary.example'
const HOSTS = [PLAIN_HOST, VARYING_HOST]
const TARGETS = [
  '/a.css',
  '/b.js',
  '/dir/c.png',
  '/a.css?v=1',
  '/a.css?v=2',
  '/page',
  '/%61.css',
  '/A.css',
  '/dir/d.svg',
]
const ORIGINS = [
  undefined,
  undefined,
  'null',
  'https://a.example',
  'https://b.example',
  'http://a.example',
  'https://a.example:8443',
]
const NOISE: readonly FieldLine[] = [
  ['CF-Connecting-IP', '203.0.113.9'],
  ['CF-IPCountry', 'XX'],
  ['CF-Worker', 'evil.example'],
  ['X-Forwarded-For', '203.0.113.9, 198.51.100.7'],
  ['X-Forwarded-Proto', 'gopher'],
  ['Cache-Control', 'no-cache'],
  ['Pragma', 'no-cache'],
  ['Accept-Encoding', 'gzip, br'],
  ['TE', 'trailers'],
  ['Cookie', 'a=b'],
  ['If-None-Match', '"1"'],
  ['If-Modified-Since', 'Mon, 04 May 2026 12:00:00 GMT'],
  ['User-Agent', 'Mozilla/5.0 (iPhone)'],
  ['X-Empty', ''],
]

export function makeAsked(random: () => number, index: number): Asked {
  const maybe = <Item>(share: number, item: Item): Item | undefined => (random() < share ? item : undefined)
  const who = `w${index}`
  const asked = {
    method: random() < 0.1 ? ('HEAD' as const) : ('GET' as const),
    host: pick(random, HOSTS),
    target: pick(random, TARGETS),
    origin: pick(random, ORIGINS),
    authorization: maybe(0.1, `Bearer ${who}`),
    language: maybe(0.4, pick(random, ['en', 'no', 'de'])),
    range: maybe(
      0.15,
      pick(random, ['bytes=0-3', 'bytes=2-', 'bytes=-5', 'bytes=0-0,2-3', 'bytes=999999-', 'lines=1-2']),
    ),
    who,
  }
  const fields: FieldLine[] = [
    ['Host', asked.host],
    ['X-Who', who],
  ]
  if (asked.origin !== undefined) fields.push(['Origin', asked.origin])
  if (asked.authorization !== undefined) fields.push(['Authorization', asked.authorization])
  if (asked.language !== undefined) fields.push(['Accept-Language', asked.language])
  if (asked.range !== undefined) fields.push(['Range', asked.range])
  for (const field of NOISE) if (random() < 0.06) fields.push(field)
  if (random() < 0.06) fields.push(['Connection', 'keep-alive, X-Listed'], ['X-Listed', '1'])
  return { ...asked, fields }
}

const LINES = [
  ...['Host: example.com', 'Host: example.com', 'Host: other.example', 'Host: example.com:80', 'Host:', 'Host: a, b'],
  ...['Content-Length: 5', 'Content-Length: 5, 5', 'Content-Length: 99999999999999999999', 'Content-Length: -1'],
  ...[
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: identity, chunked',
    'transfer-encoding:chunked',
    'Connection: close',
  ],
  ...['Connection: Upgrade', 'Upgrade: websocket', 'Upgrade: h2c', 'Expect: 100-continue', 'Origin: https://a.example'],
  ...[
    'Origin: https://a.example https://b.example',
    'Origin: HTTPS://A.EXAMPLE/',
    'Range: bytes=0-,0-,0-,0-,0-',
    'X: \x00',
  ],
  ...[
    'X : y',
    ' folded',
    'CDN-Loop: varyant',
    'Cookie: '.padEnd(4000, 'x'),
    'Authorization: Bearer x',
    ': no name',
    '\xff: \xfe',
  ],
]
const STARTS = [
  ...['GET /a.css HTTP/1.1', 'GET /a.css HTTP/1.0', 'POST /a.css HTTP/1.1', 'HEAD /a.css HTTP/1.1', 'PUT /x HTTP/1.1'],
  ...['GET http://evil.example/a.css HTTP/1.1', 'GET //evil.example/a.css HTTP/1.1', 'GET /a.css?%0d%0aX:1 HTTP/1.1'],
  ...[
    'CONNECT example.com:443 HTTP/1.1',
    'TRACE / HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'PURGE /a.css HTTP/1.1',
    'get / HTTP/1.1',
  ],
  ...[
    'GET /../../etc/passwd HTTP/1.1',
    'GET \\a.css HTTP/1.1',
    'GET /a.css#f HTTP/1.1',
    'GET /%00 HTTP/1.1',
    'PRI * HTTP/2.0',
  ],
  ...['GET  /a.css  HTTP/1.1', 'GET /a.css', 'GET /a.css HTTP/3', ''],
]
const BODIES = [
  '',
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  'zz\r\n',
  '0\r\n\r\nGET /smuggled.css HTTP/1.1\r\nHost: example.com\r\n\r\n',
]

/** Bytes that look like a request, more or less. */
export function makeHostile(random: () => number): Uint8Array {
  const lines = Array.from({ length: Math.floor(random() * 8) }, () => pick(random, LINES))
  const text = `${pick(random, STARTS)}\r\n${lines.join('\r\n')}\r\n\r\n${pick(random, BODIES)}`
  const bytes = Buffer.from(text, 'latin1')
  for (let times = random() < 0.4 ? Math.floor(random() * 4) : 0; times > 0; times -= 1) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  }
  return bytes
}
