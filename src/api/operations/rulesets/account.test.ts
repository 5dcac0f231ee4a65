// Rulesets of the account: beside the entry points there are custom ones, which rules of entry points execute.

import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { ACCOUNT_ID } from '../../../config/index.ts'
import { type ApiUnderTest, fetchAnswer, startApiUnderTest, ZONE } from '../../api.fixture.ts'

const PHASE = 'http_request_cache_settings'
const RULESETS = `/accounts/${ACCOUNT_ID}/rulesets`
const ENTRY_POINT = `${RULESETS}/phases/${PHASE}/entrypoint`
const RULE = { action: 'set_cache_settings', expression: 'true', action_parameters: { cache: true } }

let api: ApiUnderTest
beforeEach(() => {
  api = startApiUnderTest()
})
afterEach(() => api.stop())

type Ruleset = {
  readonly id: string
  readonly version: string
  readonly kind: string
  readonly rules: readonly { id: string }[]
}

async function done(method: string, path: string, body?: unknown): Promise<Ruleset> {
  const { status, envelope } = await api.call(method, path, body)
  expect([status, envelope.errors]).toEqual([200, []])
  expect(envelope.messages).toEqual([])
  return envelope.result as Ruleset
}

async function refused(method: string, path: string, body?: unknown): Promise<readonly [number, number | undefined]> {
  const { status, envelope } = await api.call(method, path, body)
  return [status, envelope.errors[0]?.code]
}

test('an entry point is of kind root, and one a phase', async () => {
  expect(await refused('GET', ENTRY_POINT)).toEqual([404, 10003])
  const made = await done('PUT', ENTRY_POINT, { rules: [RULE] })
  expect(made).toMatchObject({ kind: 'root', version: '1' })
  expect(await done('GET', `${RULESETS}/${made.id}`)).toEqual(made)
  expect(await refused('POST', RULESETS, { name: 'b', kind: 'root', phase: PHASE })).toEqual([400, 20217])
  expect(await refused('PUT', ENTRY_POINT, { kind: 'zone' })).toEqual([400, 20104])
  // Zones have their own.
  expect(await refused('GET', `/zones/${ZONE.id}/rulesets/phases/${PHASE}/entrypoint`)).toEqual([404, 10003])
})

test('a phase has any number of custom ones, each with its versions', async () => {
  const first = await done('POST', RULESETS, { name: 'a', kind: 'custom', phase: PHASE, rules: [RULE] })
  const second = await done('POST', RULESETS, { name: 'b', kind: 'custom', phase: PHASE })
  const changed = await done('POST', `${RULESETS}/${first.id}/rules`, RULE)
  expect([changed.version, changed.rules.length, second.version]).toEqual(['2', 2, '1'])
  expect((await done('GET', `${RULESETS}/${first.id}/versions/1`)).rules).toHaveLength(1)
  expect(await done('GET', `${RULESETS}/${second.id}/versions`)).toHaveLength(1)
  expect(await refused('GET', ENTRY_POINT)).toEqual([404, 10003])
  const { envelope } = await api.call('GET', `${RULESETS}?per_page=1`)
  const { cursor } = envelope.result_info as unknown as { cursor: string }
  const rest = await api.call('GET', `${RULESETS}?per_page=1&cursor=${cursor}`)
  const listed = [...(envelope.result as Ruleset[]), ...(rest.envelope.result as Ruleset[])].map(({ id }) => id)
  expect(listed.toSorted()).toEqual([first.id, second.id].toSorted())
  expect(rest.envelope.result_info).not.toHaveProperty('cursor')
})

test('one that another executes is not deleted', async () => {
  const custom = await done('POST', RULESETS, { name: 'a', kind: 'custom', phase: PHASE })
  const execute = { action: 'execute', expression: 'true', action_parameters: { id: custom.id } }
  await done('PUT', ENTRY_POINT, { rules: [execute] })
  expect(await refused('DELETE', `${RULESETS}/${custom.id}`)).toEqual([400, 20218])
  await done('PUT', ENTRY_POINT, { rules: [] })
  const response = await fetch(`${api.server.url}/client/v4${RULESETS}/${custom.id}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer a-token-that-nobody-guesses' },
  })
  expect(response.status).toBe(204)
})

test.each([
  ['a kind of zones', { name: 'a', kind: 'zone', phase: PHASE }, 400],
  ['a managed one', { name: 'a', kind: 'managed', phase: PHASE }, 400],
  ['no phase', { name: 'a', kind: 'custom' }, 400],
])('%s is refused', async (_, body, status) => {
  expect((await refused('POST', RULESETS, body))[0]).toBe(status)
})

describe('a rule of an entry point that executes', () => {
  const execute = (parameters: unknown, more: object = {}) => ({
    rules: [{ action: 'execute', expression: 'true', action_parameters: parameters, ...more }],
  })
  const UNKNOWN = 'f'.repeat(32)
  test.each([
    ['a ruleset that is not there', execute({ id: UNKNOWN }), '/rules/0/action_parameters/id'],
    ['nothing', execute({}), '/rules/0/action_parameters'],
    ['an earlier version', execute({ version: '1' }), '/rules/0/action_parameters'],
    ['with overrides', execute({ id: UNKNOWN, overrides: {} }), '/rules/0/action_parameters/overrides'],
    ['where no filter is', execute({ id: UNKNOWN }, { expression: 'no.such.field' }), '/rules/0/expression'],
  ])('%s is refused', async (_, body, pointer) => {
    const { status, envelope } = await api.call('PUT', ENTRY_POINT, body)
    expect([status, envelope.errors[0]?.source?.pointer]).toEqual([400, pointer])
  })

  test('a ruleset of another phase is refused, and so is one that executes', async () => {
    const custom = await done('POST', RULESETS, { name: 'a', kind: 'custom', phase: PHASE, rules: [RULE] })
    const other = `${RULESETS}/phases/http_request_origin/entrypoint`
    expect(await refused('PUT', other, execute({ id: custom.id }))).toEqual([400, 20104])
    const nested = { name: 'b', kind: 'custom', phase: PHASE, ...execute({ id: custom.id }) }
    expect(await refused('POST', RULESETS, nested)).toEqual([400, 20104])
  })
})

test('a phase that an account does not run here refuses rules that are on', async () => {
  const rules = [{ action: 'run_snippet', expression: 'true', action_parameters: { snippet_name: 'a' } }]
  const path = `${RULESETS}/phases/http_request_snippets/entrypoint`
  expect(await refused('PUT', path, { rules })).toEqual([400, 20104])
})

test('an account that is malformed is no route, one that is not there is unknown', async () => {
  expect(await refused('GET', '/accounts/x/rulesets')).toEqual([404, 7003])
  expect(await refused('GET', `/accounts/${'0'.repeat(32)}/rulesets`)).toEqual([404, 1139])
})

test('a token for the rules of a zone does not reach them', async () => {
  const made = await api.call('POST', '/user/tokens', {
    name: 'cache rules',
    policies: [
      {
        effect: 'allow',
        resources: { 'com.cloudflare.api.account.zone.*': '*' },
        permission_groups: [{ id: '9ff81cbbe65c400b97d92c3c1033cab6' }],
      },
    ],
  })
  const headers = { authorization: `Bearer ${(made.envelope.result as { value: string }).value}` }
  const ask = async (path: string) => (await fetchAnswer(`${api.server.url}/client/v4${path}`, { headers })).status
  expect([await ask(RULESETS), await ask(`/zones/${ZONE.id}/rulesets`)]).toEqual([403, 200])
})
