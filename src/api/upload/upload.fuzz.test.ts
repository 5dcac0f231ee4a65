// Whatever an upload is made of, it is answered in an envelope below 500, and what is refused leaves nothing behind.
// FUZZ_SEED repeats a run; FUZZ_ROUNDS makes it longer.

import { afterAll, beforeAll, expect, test } from 'bun:test'
import { makeRandom } from '../../../test/support/random.ts'
import { ACCOUNT_ID } from '../../config/index.ts'
import { type ApiUnderTest, startApiUnderTest, TOKEN, ZONE } from '../api.fixture.ts'
import { playHost } from '../script-host.fixture.ts'

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9)
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 300)

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest({ scriptHost: playHost() })
})
afterAll(() => api.stop())

const random = makeRandom(SEED)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

const WORKERS = `/client/v4/accounts/${ACCOUNT_ID}/workers`
const CALLS = [
  ['PUT', `${WORKERS}/scripts/a`],
  ['PUT', `${WORKERS}/scripts/a/content`],
  ['PATCH', `${WORKERS}/scripts/a/settings`],
  ['POST', `${WORKERS}/scripts/a/versions`],
  ['PUT', `/client/v4/zones/${ZONE.id}/snippets/a`],
] as const
const NAMES = [
  'metadata',
  'settings',
  'index.js',
  'files',
  'files[]',
  'files[x]',
  '',
  '__proto__',
  '../../x',
  'a\u0000b',
]
const BRACKETS = [
  'metadata[main_module]',
  'metadata[bindings][][name]',
  'metadata[bindings][][type]',
  'metadata[]',
  'metadata[a][',
  'metadata[__proto__][x]',
]
const TYPES = [
  'application/javascript+module',
  'text/plain',
  'application/wasm',
  'image/png',
  '',
  'a/b;c="',
  'text/x-python',
]
const VALUES: readonly unknown[] = [
  'index.js',
  '',
  null,
  0,
  -1,
  [],
  {},
  true,
  'x'.repeat(3000),
  ['secret_text'],
  [{ type: 'plain_text', name: 'A', text: 'x' }],
  [{ type: 'plain_text', name: '__proto__', text: 'x' }],
  [{ type: 'inherit', name: 'A', old_name: 5 }],
  [{ type: {}, name: [] }],
  [[[[]]]],
  '2026-11-01',
  '9999-99-99',
  '\ud800',
]
const MEMBERS = [
  'main_module',
  'body_part',
  'bindings',
  'keep_bindings',
  'compatibility_date',
  'compatibility_flags',
  'annotations',
  'tags',
  'logpush',
  'observability',
  'migrations',
  '__proto__',
  'constructor',
]
const CONTENTS = ['export default { fetch() {} }', 'throw 1', '', '\u0000\u00ff', '--x', '\r\n--B', 'fetch']

function makeMetadata(): string {
  const count = below(6)
  const members = Array.from({ length: count }, () => [pick(MEMBERS), pick(VALUES)] as const)
  const json = JSON.stringify({ ...(below(3) > 0 && { main_module: 'index.js' }), ...Object.fromEntries(members) })
  return below(6) === 0 ? json.slice(0, below(json.length)) : json
}

function makePart(): string {
  const name = below(4) === 0 ? pick(BRACKETS) : pick(NAMES)
  const isMetadata = name === 'metadata' || name === 'settings'
  const lines = [`content-disposition: form-data; name="${name}"${below(2) === 0 ? `; filename="${pick(NAMES)}"` : ''}`]
  if (below(2) === 0) lines.push(`content-type: ${pick(TYPES)}`)
  return `--B\r\n${lines.join('\r\n')}\r\n\r\n${isMetadata ? makeMetadata() : pick(CONTENTS)}\r\n`
}

const SOUND_PART = (name: string, content: string): string =>
  `--B\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`
/** What would be taken if nothing followed. */
const SOUND = SOUND_PART('metadata', '{"main_module":"index.js"}') + SOUND_PART('index.js', 'fetch')

function makeBody(): string {
  const whole = `${below(2) === 0 ? SOUND : ''}${Array.from({ length: below(6) }, makePart).join('')}--B--\r\n`
  const at = below(whole.length)
  if (below(5) === 0) return whole.slice(0, at)
  return below(5) === 0 ? whole.slice(0, at) + pick(CONTENTS) + whole.slice(at + 1) : whole
}

test(`no upload breaks the API (FUZZ_SEED=${SEED})`, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const type =
      below(8) === 0
        ? pick(['application/javascript', 'multipart/form-data', 'text/plain'])
        : 'multipart/form-data; boundary=B'
    const [method, path] = pick(CALLS)
    const body = makeBody()
    const before = api.documents.revision
    const response = await fetch(api.server.url + path, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': type },
      body,
    })
    const text = await response.text()
    const told = `${method} ${path} ${type}\n${JSON.stringify(body)}\n${response.status} ${text}`
    if (response.status >= 500) throw new Error(told)
    const envelope = JSON.parse(text)
    if (envelope.success !== response.ok) throw new Error(told)
    if (!response.ok) expect(api.documents.revision).toBe(before)
  }
  const leftOver = Object.keys(Object.prototype)
  expect(leftOver).toEqual([])
}, 60_000)
