// Rules of the account run in every zone, before the zone's own.  CF ruleset-engine/about/phases

import { describe, expect, test } from 'bun:test'
import { ACCOUNT_ID, type Edge, startEdge, zoneId } from '../support/edge/index.ts'
import { get, type Origin, startOrigin } from '../support/index.ts'

const RESPONSE = 'http_response_headers_transform'
const REDIRECT = 'http_request_dynamic_redirect'
const RULESETS = `/accounts/${ACCOUNT_ID}/rulesets`
const entryPoint = (phase: string) => `${RULESETS}/phases/${phase}/entrypoint`

const setHeader = (value: string, expression = 'true') => ({
  expression,
  action: 'rewrite',
  action_parameters: { headers: { 'X-By': { operation: 'set', value } } },
})
const addHeader = (value: string, expression = 'true') => ({
  expression,
  action: 'rewrite',
  action_parameters: { headers: { 'X-Also': { operation: 'add', value } } },
})
const redirectTo = (url: string, expression = 'true') => ({
  expression,
  action: 'redirect',
  action_parameters: { from_value: { status_code: 302, target_url: { value: url } } },
})

async function start(): Promise<{ origin: Origin; edge: Edge }> {
  const origin = await startOrigin()
  origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  const zones = ['example.com', 'example.org'].map((name) => ({ name, origins: { [name]: origin.url } }))
  return { origin, edge: await startEdge({ zones }) }
}

async function done(edge: Edge, method: string, path: string, body?: unknown): Promise<{ id: string }> {
  const { status, text } = await edge.api(method, path, body)
  expect([status, text]).toEqual([200, expect.stringContaining('"success":true')])
  return JSON.parse(text).result
}

const ask = (edge: Edge, host: string) => get(`${edge.url}/page.css`, [['Host', host]])

describe('a rule of the account', () => {
  test('is live in all zones with the next request, and gone with its removal', async () => {
    const { origin, edge } = await start()
    await using _ = origin
    await using __ = edge
    expect((await ask(edge, 'example.com')).field('X-By')).toBeUndefined()
    await done(edge, 'PUT', entryPoint(RESPONSE), { rules: [setHeader('account')] })
    for (const host of ['example.com', 'example.org']) {
      expect((await ask(edge, host)).field('X-By')).toBe('account')
    }
    await done(edge, 'PUT', entryPoint(RESPONSE), { rules: [] })
    expect((await ask(edge, 'example.com')).field('X-By')).toBeUndefined()
  })

  test("runs before the zone's: of settings the zone's last word stands, of redirects the account's first", async () => {
    const { origin, edge } = await start()
    await using _ = origin
    await using __ = edge
    const zone = `/zones/${zoneId('example.com')}/rulesets/phases`
    await done(edge, 'PUT', entryPoint(RESPONSE), { rules: [setHeader('account'), addHeader('account')] })
    await done(edge, 'PUT', `${zone}/${RESPONSE}/entrypoint`, { rules: [setHeader('zone'), addHeader('zone')] })
    const answer = await ask(edge, 'example.com')
    expect([answer.field('X-By'), answer.field('X-Also')]).toEqual(['zone', 'account, zone'])
    await done(edge, 'PUT', entryPoint(REDIRECT), { rules: [redirectTo('https://account.test/')] })
    await done(edge, 'PUT', `${zone}/${REDIRECT}/entrypoint`, { rules: [redirectTo('https://zone.test/')] })
    expect((await ask(edge, 'example.com')).field('Location')).toBe('https://account.test/')
  })

  test('executes a custom ruleset where its own filter and that of each rule match', async () => {
    const { origin, edge } = await start()
    await using _ = origin
    await using __ = edge
    const rules = [setHeader('custom', 'http.request.uri.path contains ".css"'), addHeader('off', 'not true')]
    const { id } = await done(edge, 'POST', RULESETS, { name: 'headers', kind: 'custom', phase: RESPONSE, rules })
    expect((await ask(edge, 'example.com')).field('X-By')).toBeUndefined()
    const execute = { action: 'execute', expression: 'cf.zone.name eq "example.com"', action_parameters: { id } }
    await done(edge, 'PUT', entryPoint(RESPONSE), { rules: [execute] })
    expect((await ask(edge, 'example.com')).field('X-By')).toBe('custom')
    expect((await ask(edge, 'example.org')).field('X-By')).toBeUndefined()
    expect((await get(`${edge.url}/page.js`, [['Host', 'example.com']])).field('X-By')).toBeUndefined()
    await done(edge, 'PUT', `${RULESETS}/${id}`, { rules: [setHeader('changed')] })
    expect((await ask(edge, 'example.com')).field('X-By')).toBe('changed')
  })
})
