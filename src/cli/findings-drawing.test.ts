// The drawing of findings, asserted literally.

import { expect, test } from 'bun:test'
import { drawFindings } from './findings-drawing.ts'
import { PLAIN } from './paint.ts'

const A = 'https://a.example'
const B = 'https://b.example'
const AT = '2026-05-04T12:00:00.000Z'

function answer(origin: string | null, fields: Readonly<Record<string, string>>) {
  return { at: AT, url: 'http://x.example/f', origin, status: 200, fields }
}

const REFLECTS = {
  kind: 'reflects-without-vary',
  url: 'http://x.example/f',
  count: 12,
  first_seen: AT,
  last_seen: AT,
  what: 'the grant depends on Origin',
  fix: 'send Vary: Origin',
  evidence: [
    answer(A, { 'access-control-allow-origin': A, 'cache-control': 'max-age=60' }),
    answer(null, { vary: 'Accept' }),
  ],
}
const IMMUTABLE = {
  ...REFLECTS,
  kind: 'immutable-with-reflection',
  count: 1,
  what: 'kept for years',
  fix: 'leave it out',
  evidence: [answer(B, { 'access-control-allow-origin': B, 'cache-control': 'immutable' })],
}

function draw(found: readonly unknown[]): string {
  const drawn = drawFindings('x.example', found, PLAIN)
  if (!drawn.ok) throw new Error(drawn.problem.message)
  return drawn.value
}

test('a kind at a time: what is wrong, the fix, where, and the answers that show it', () => {
  expect(draw([REFLECTS, IMMUTABLE, { ...REFLECTS, url: 'http://x.example/g', count: 3 }])).toBe(
    `reflects-without-vary
          the grant depends on Origin
fix       send Vary: Origin
where     times  last seen                 URL
          12     2026-05-04T12:00:00.000Z  http://x.example/f
          3      2026-05-04T12:00:00.000Z  http://x.example/g
shown by  Origin             status  grants             Vary
          https://a.example  200     https://a.example  -
          -                  200     -                  Accept

immutable-with-reflection
          kept for years
fix       leave it out
where     times  last seen                 URL
          1      2026-05-04T12:00:00.000Z  http://x.example/f
shown by  Origin             status  grants             Vary  cache-control
          https://b.example  200     https://b.example  -     immutable
`,
  )
})

test('of many URLs the latest are shown, and how many there are more', () => {
  const many = Array.from({ length: 13 }, (_, index) => ({ ...REFLECTS, url: `http://x.example/${index}` }))
  expect(draw(many).match(/http:\/\/x\.example/g)).toHaveLength(10)
  expect(draw(many)).toContain('          ... and 3 more; --json lists them\n')
})

test('nothing found is said with what that is worth', () => {
  expect(draw([])).toBe('nothing is wrong with CORS at x.example, in what the edge has seen since it started\n')
})

test('what strangers have written cannot steer the terminal', () => {
  const steering = '\u001b[2J'
  const hostile = {
    ...REFLECTS,
    url: `http://x.example/${steering}`,
    evidence: [answer(`${steering}a`, { 'access-control-allow-origin': steering, vary: steering })],
  }
  expect(draw([hostile])).not.toContain('\u001b')
})

test.each([
  ['a word', ['x']],
  ['null', [null]],
  ['no evidence', [{ ...REFLECTS, evidence: undefined }]],
  ['evidence without fields', [{ ...REFLECTS, evidence: [{ origin: null, status: 200, fields: null }] }]],
  ['a field that is no text', [{ ...REFLECTS, evidence: [{ origin: null, status: 200, fields: { vary: 1 } }] }]],
  ['a count that is none', [{ ...REFLECTS, count: '3' }]],
])('an answer of another version is refused: %s', (_, found) => {
  expect(drawFindings('x.example', found, PLAIN)).toMatchObject({ ok: false, problem: { exitCode: 1 } })
})
