// The advice names what to change, and never a grant to be added at the edge.

import { expect, test } from 'bun:test'
import { adviseOn, type Situation } from './advice.ts'
import { STEPS, type StepName } from './steps.ts'

const A = 'https://a.example'
const BASE: Situation = {
  ...{ verdict: 'block', code: 'allow-origin-missing', url: 'http://b/x', method: 'GET', origin: A, pageOrigin: A },
  ...{
    credentials: false,
    isPreflight: false,
    lenientNames: [],
    unsafeNames: [],
    fields: [],
    isMade: false,
    isRuleRedirect: false,
    isStored: false,
  },
  ...{ wouldPassNow: undefined, wasProbed: false },
}

test.each([
  ['no grant', {}, 'Access-Control-Allow-Origin: https://a.example and Vary: Origin'],
  ['no grant, with credentials', { credentials: true }, 'Access-Control-Allow-Credentials: true and Vary: Origin'],
  ['* and credentials', { code: 'wildcard-with-credentials', credentials: true }, 'or let the page leave credentials out'],
  ['two values', { code: 'allow-origin-several' }, 'let one layer alone send'],
  ['F20: an opaque page', { origin: 'null', pageOrigin: 'null' }, 'never grant null'],
  ['F19: null by a redirect', { origin: 'null' }, 'a redirect across origins made the Origin null'],
  ['F17: a page of the edge', { isMade: true }, 'mend the origin server first'],
  ['a redirect that a rule made', { isMade: true, isRuleRedirect: true }, 'a rule of the zone redirects'],
  ['F10: a copy that the origin has mended', { isStored: true, wouldPassNow: true }, 'varyant purge http://b/x --origin https://a.example'],
  ['a preflight without grant', { isPreflight: true, method: 'PUT', unsafeNames: ['x-a'] }, 'answer OPTIONS for this URL with 204, Access-Control-Allow-Origin: https://a.example, Access-Control-Allow-Methods: PUT, Access-Control-Allow-Headers: x-a and Vary: Origin'],
  ['a header not allowed', { code: 'header-not-allowed', isPreflight: true, unsafeNames: ['x-a', 'x-b'] }, 'Access-Control-Allow-Headers: x-a, x-b'],
  ['unknown', { verdict: 'unknown', code: undefined }, '--probe'],
  ['what Chromium alone lets pass', { verdict: 'allow', code: 'cors-allowed', lenientNames: ['authorization', 'dpr'] }, 'Access-Control-Allow-Headers: authorization, dpr; Chromium does without'],
  ['F20: null granted', { verdict: 'allow', code: 'cors-allowed', origin: 'null', pageOrigin: 'null', fields: [['access-control-allow-origin', 'null'], ['vary', 'Origin']] }, 'never grant null'],
  ['F13: a copy that grants what is revoked', { verdict: 'allow', code: 'cors-allowed', isStored: true, wouldPassNow: false }, 'no longer grants it'],
  ['F2: a grant for one origin without Vary', { verdict: 'allow', code: 'cors-allowed', fields: [['access-control-allow-origin', A]] }, 'send Vary: Origin with every answer'],
] as const)('%s', (_, change, expected) => {
  expect(adviseOn({ ...BASE, ...change })).toContain(expected)
}) // biome-ignore format: a table

test.each([
  ['allowed, with Vary', [['access-control-allow-origin', A], ['vary', 'Accept-Encoding, Origin']]],
  ['allowed, for everybody', [['access-control-allow-origin', '*']]],
] as const)('%s: none', (_, fields) => {
  expect(adviseOn({ ...BASE, verdict: 'allow', code: 'cors-allowed', fields })).toBeUndefined()
}) // biome-ignore format: short

test.each(Object.keys(STEPS) as StepName[])('every step has a line of its own: %s', (code) => {
  const line = adviseOn({ ...BASE, code, method: 'PUT', unsafeNames: ['x-a'] })
  expect(line).toMatch(/^[^\n]{10,300}$/)
  expect(line).not.toContain('at the edge')
})
