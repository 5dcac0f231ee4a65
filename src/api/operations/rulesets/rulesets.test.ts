// The rulesets API.  CF ruleset-engine/rulesets-api

import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type ApiUnderTest, OTHER_ZONE, startApiUnderTest, ZONE } from '../../api.fixture.ts'
import { PERMISSION_GROUPS } from '../../permissions.ts'

const PHASE = 'http_request_cache_settings'
const RULESETS = `/zones/${ZONE.id}/rulesets`
const ENTRY_POINT = `${RULESETS}/phases/${PHASE}/entrypoint`
const rule = (description: string, rest: object = {}) => ({
  action: 'set_cache_settings',
  expression: 'true',
  description,
  action_parameters: { cache: true },
  ...rest,
})

type Rule = { readonly id: string; readonly description: string; readonly version: string }
type Ruleset = { readonly id: string; readonly version: string; readonly rules: readonly Rule[]; readonly name: string }

let api: ApiUnderTest
beforeEach(() => {
  api = startApiUnderTest()
})
afterEach(() => api.stop())

async function done(method: string, path: string, body?: unknown): Promise<Ruleset> {
  const { status, envelope } = await api.call(method, path, body)
  expect([status, envelope.errors]).toEqual([200, []])
  return envelope.result as Ruleset
}

/** 204 has no body to read as JSON. */
async function remove(path: string): Promise<[number, string]> {
  const response = await fetch(`${api.server.url}/client/v4${path}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer a-token-that-nobody-guesses' },
  })
  return [response.status, await response.text()]
}

async function refused(method: string, path: string, body?: unknown): Promise<readonly [number, number | undefined]> {
  const { status, envelope } = await api.call(method, path, body)
  expect([envelope.success, envelope.result]).toEqual([false, null])
  return [status, envelope.errors[0]?.code]
}

test('an entry point is made by PUT, read, updated, and has versions', async () => {
  expect(await refused('GET', ENTRY_POINT)).toEqual([404, 10003])
  expect((await api.call('GET', `${ENTRY_POINT}/versions`)).envelope.result).toEqual([])
  expect(await refused('GET', `${ENTRY_POINT}/versions/1`)).toEqual([404, 10003])

  const made = await done('PUT', ENTRY_POINT, { rules: [rule('a')] })
  expect(made).toMatchObject({ name: 'default', kind: 'zone', phase: PHASE, version: '1', description: '' })
  expect(made).toMatchObject({ last_updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) })
  expect(await done('GET', ENTRY_POINT)).toEqual(made)
  expect(await done('GET', `${RULESETS}/${made.id}`)).toEqual(made)

  const updated = await done('PUT', `${RULESETS}/${made.id}`, { rules: [rule('b')] })
  expect([updated.version, updated.id]).toEqual(['2', made.id])
  const versions = (await api.call('GET', `${RULESETS}/${made.id}/versions`)).envelope.result as object[]
  expect(versions).toMatchObject([{ version: '1' }, { version: '2' }])
  expect(versions[0]).not.toHaveProperty('rules')
  expect((await done('GET', `${ENTRY_POINT}/versions/1`)).rules).toMatchObject([{ description: 'a' }])
  expect((await done('GET', `${RULESETS}/${made.id}/versions/2`)).rules).toMatchObject([{ description: 'b' }])

  expect(await refused('DELETE', `${RULESETS}/${made.id}/versions/2`)).toEqual([400, 20104])
  expect(await remove(`${RULESETS}/${made.id}/versions/1`)).toEqual([204, ''])
  expect(await refused('GET', `${RULESETS}/${made.id}/versions/1`)).toEqual([404, 20103])
})

test('a ruleset is listed without rules, and deleted with its versions', async () => {
  const made = await done('POST', RULESETS, { name: 'mine', kind: 'zone', phase: PHASE, rules: [rule('a')] })
  await done('PUT', `${RULESETS}/phases/http_ratelimit/entrypoint`, { rules: [] })
  const list = async (query = '') => (await api.call('GET', RULESETS + query)).envelope
  expect((await list()).result).toMatchObject([{ phase: 'http_ratelimit' }, { id: made.id, name: 'mine' }])
  expect(((await list()).result as object[])[0]).not.toHaveProperty('rules')
  expect(await list('?per_page=1')).toMatchObject({
    result: [{ phase: 'http_ratelimit' }],
    result_info: { count: 1, per_page: 1, cursor: expect.stringMatching(/^http_ratelimit[.]/) },
  })
  expect((await list('?per_page=1&cursor=http_ratelimit~')).result).toMatchObject([{ id: made.id }])
  expect(await list('?per_page=1&cursor=http_ratelimit~')).not.toMatchObject({
    result_info: { cursor: expect.anything() },
  })

  expect(await refused('POST', RULESETS, { name: 'more', kind: 'zone', phase: PHASE })).toEqual([400, 20217])
  expect(await remove(`${RULESETS}/${made.id}`)).toEqual([204, ''])
  expect(await refused('GET', `${RULESETS}/${made.id}`)).toEqual([404, 20101])
  expect((await api.call('GET', `${ENTRY_POINT}/versions`)).envelope.result).toEqual([])
  expect((await done('PUT', ENTRY_POINT, { rules: [] })).version).toBe('1')
})

test('rules are added, replaced, moved and deleted, and the answer is the whole ruleset', async () => {
  const { id } = await done('PUT', ENTRY_POINT, { rules: [rule('a'), rule('b')] })
  const added = await done('POST', `${RULESETS}/${id}/rules`, rule('c', { position: { before: '' } }))
  expect([added.version, added.rules.map(({ description }) => description)]).toEqual(['2', ['c', 'a', 'b']])
  const [c] = added.rules
  const path = `${RULESETS}/${id}/rules/${c?.id}`
  expect((await done('PATCH', path, { position: { index: 2 } })).rules.map(({ description }) => description)).toEqual([
    'a',
    'c',
    'b',
  ])
  expect((await done('PATCH', path, rule('d'))).rules[1]).toMatchObject({ id: c?.id, description: 'd', version: '2' })
  const left = await done('DELETE', path)
  expect([left.version, left.rules.length]).toEqual(['5', 2])
  expect(await refused('DELETE', path)).toEqual([404, 20102])
})

test('fifty rules posted at once are all there', async () => {
  const { id } = await done('PUT', ENTRY_POINT, { rules: [] })
  await Promise.all(Array.from({ length: 50 }, (_, i) => done('POST', `${RULESETS}/${id}/rules`, rule(`rule ${i}`))))
  const { rules, version } = await done('GET', ENTRY_POINT)
  expect([new Set(rules.map(({ description }) => description)).size, version]).toEqual([50, '51'])
})

describe('a dry run', () => {
  test('validates, answers null, and changes nothing', async () => {
    const { id, rules } = await done('PUT', ENTRY_POINT, { rules: [rule('a')] })
    const before = await done('GET', ENTRY_POINT)
    for (const [method, path, body] of [
      ['PUT', ENTRY_POINT, { rules: [] }],
      ['PUT', `${RULESETS}/${id}`, { rules: [] }],
      ['POST', `${RULESETS}/${id}/rules`, rule('b')],
      ['PATCH', `${RULESETS}/${id}/rules/${rules[0]?.id}`, rule('b')],
      ['DELETE', `${RULESETS}/${id}/rules/${rules[0]?.id}`, undefined],
    ] as const) {
      expect(await done(method, `${path}?dry_run=true`, body)).toBeNull()
    }
    expect(await remove(`${RULESETS}/${id}?dry_run=true`)).toEqual([204, ''])
    expect(await done('GET', ENTRY_POINT)).toEqual(before)
    expect(await refused('PUT', `${ENTRY_POINT}?dry_run=yes`, { rules: [] })).toEqual([400, 6010])
    expect(await refused('PUT', `${ENTRY_POINT}?dry_run=true`, { rules: [rule('a', { expression: '(' })] })).toEqual([
      400, 20104,
    ])
  })
})

describe('what is refused', () => {
  test.each([
    ['an unknown phase', 'GET', `${RULESETS}/phases/nonsense/entrypoint`, undefined, 404, 10003],
    ['an unknown ruleset', 'PUT', `${RULESETS}/${'0'.repeat(32)}`, { rules: [] }, 404, 20101],
    ['a rule in an unknown ruleset', 'POST', `${RULESETS}/x/rules`, rule('a'), 404, 20101],
    ['a kind that zones do not have', 'POST', RULESETS, { name: 'a', kind: 'custom', phase: PHASE }, 400, 20104],
    [
      'a phase that zones do not have',
      'POST',
      RULESETS,
      { name: 'a', kind: 'zone', phase: 'magic_transit' },
      400,
      20104,
    ],
    ['no name', 'POST', RULESETS, { kind: 'zone', phase: PHASE }, 400, 20104],
    ['another phase', 'PUT', ENTRY_POINT, { phase: 'http_ratelimit', rules: [] }, 400, 20104],
    ['no body', 'PUT', ENTRY_POINT, undefined, 400, 20104],
    ['a list', 'PUT', ENTRY_POINT, [], 400, 20104],
    [
      'a rule that cannot be run',
      'PUT',
      ENTRY_POINT,
      { rules: [rule('a', { expression: 'ip.src eq 1' })] },
      400,
      20104,
    ],
  ])('%s', async (_, method, path, body, status, code) => {
    expect(await refused(method, path, body)).toEqual([status, code])
    expect((await api.call('GET', RULESETS)).envelope.result).toEqual([])
  })
})

test('a token touches the phases of its groups, in its zones', async () => {
  const group = PERMISSION_GROUPS.find(({ name }) => name === 'Cache Rules Read')
  const policies = [
    {
      effect: 'allow',
      resources: { [`com.cloudflare.api.account.zone.${ZONE.id}`]: '*' },
      permission_groups: [{ id: group?.id }],
    },
  ]
  const { envelope } = await api.call('POST', '/user/tokens', { name: 'reader', policies })
  const { value } = envelope.result as { readonly value: string }
  const { id } = await done('PUT', ENTRY_POINT, { rules: [] })
  const other = await done('PUT', `${RULESETS}/phases/http_ratelimit/entrypoint`, { rules: [] })
  const as = async (method: string, path: string, body?: unknown) => {
    const answer = await api.call(method, path, body, { authorization: `Bearer ${value}` })
    return answer.status
  }
  expect(await as('GET', ENTRY_POINT)).toBe(200)
  expect(await as('GET', `${RULESETS}/${id}`)).toBe(200)
  expect(await as('PUT', ENTRY_POINT, { rules: [] })).toBe(403)
  expect(await as('PUT', `${RULESETS}/${id}`, { rules: [] })).toBe(403)
  expect(await as('GET', `${RULESETS}/${other.id}`)).toBe(403)
  expect(await as('GET', ENTRY_POINT.replace(ZONE.id, OTHER_ZONE.id))).toBe(403)
  expect(await as('GET', `/zones/${OTHER_ZONE.id}/rulesets`)).toBe(403)
  const listed = await api.call('GET', RULESETS, undefined, { authorization: `Bearer ${value}` })
  expect(listed.envelope.result).toMatchObject([{ id }])
})

describe('a rule that cannot be run', () => {
  const RESPONSE = `${RULESETS}/phases/http_response_headers_transform/entrypoint`
  const header = (expression: string, operation: object = { operation: 'set', value: 'a' }) => ({
    ...{ action: 'rewrite', expression },
    action_parameters: { headers: { 'x-a': operation } },
  })

  test('is refused with its place, a drawing and a code; what was there stays', async () => {
    const before = await done('PUT', RESPONSE, { rules: [header('true')] })
    const { status, envelope } = await api.call('PUT', RESPONSE, {
      rules: [header('true'), header('http.hots eq "a"')],
    })
    expect([status, envelope.errors]).toEqual([
      400,
      [
        {
          code: 20104,
          message: [
            '"http.hots eq \\"a\\"" is not a valid value for expression because could not parse filter expression: Filter parsing error (1:1):',
            'http.hots eq "a"',
            '^^^^^^^^^ unknown identifier; did you mean http.host?',
          ].join('\n'),
          source: { pointer: '/rules/1/expression' },
        },
      ],
    ])
    expect(await done('GET', RESPONSE)).toEqual(before)
  })

  test('by its value expression is told where that is', async () => {
    const { envelope } = await api.call('PUT', RESPONSE, {
      rules: [header('true', { operation: 'set', expression: 'http.response.code' })],
    })
    expect(envelope.errors[0]).toMatchObject({
      message: expect.stringContaining('expected value of type String, but got Int'),
      source: { pointer: '/rules/0/action_parameters/headers/x-a/expression' },
    })
  })

  test('for want of parameters has the number that clients know', async () => {
    expect(await refused('PUT', ENTRY_POINT, { rules: [rule('a', { action_parameters: {} })] })).toEqual([400, 20106])
  })

  test('as one rule of a ruleset is told its own place', async () => {
    const { id } = await done('PUT', RESPONSE, { rules: [header('true')] })
    const { envelope } = await api.call('POST', `${RULESETS}/${id}/rules`, header('http.hots'))
    expect(envelope.errors[0]?.source).toEqual({ pointer: '/expression' })
  })
})

test('what may not do what its author thinks is accepted, and told', async () => {
  const phase = `${RULESETS}/phases/http_config_settings/entrypoint`
  const body = {
    rules: [{ action: 'set_config', expression: 'ip.src.country eq "PT"', action_parameters: { polish: 'off' } }],
  }
  const told = [
    { code: 1191, message: 'rule 1: ip.src.country is missing until edge.geoip names a database of addresses' },
    { code: 1191, message: 'rule 1: polish is kept, and has no effect here' },
  ]
  expect((await api.call('PUT', `${phase}?dry_run=true`, body)).envelope).toMatchObject({
    result: null,
    messages: told,
  })
  expect((await api.call('PUT', phase, body)).envelope.messages).toEqual(told)
})
