// What holds for every route there is, taken from the list of operations and not from memory: nothing without a token,
// nothing for another web origin, nothing for a name that is not ours, and a permission that is asked for.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from '../../test/support/client.ts'
import { ACCOUNT_ID } from '../config/index.ts'
import { type ApiUnderTest, fetchAnswer, startApiUnderTest, TOKEN, ZONE } from './api.fixture.ts'
import { OPERATIONS } from './operations/index.ts'

let api: ApiUnderTest
let poor: string
beforeAll(async () => {
  api = startApiUnderTest()
  // Of a zone that is not asked about: it may purge there, and nothing else anywhere.
  const made = await api.call('POST', '/user/tokens', {
    name: 'poor',
    policies: [
      {
        effect: 'allow',
        resources: { 'com.cloudflare.api.account.zone.fedcba9876543210fedcba9876543210': '*' },
        permission_groups: [{ id: 'e17beae8b8cb423a99b1730f21238bed' }],
      },
    ],
  })
  poor = (made.envelope.result as { value: string }).value
})
afterAll(() => api.stop())

const ROUTES = OPERATIONS.flatMap((operation) =>
  [operation.method, ...(operation.alsoBy ?? [])].map((method) => ({
    method: method.toUpperCase(),
    path: fill(operation.path),
    wrong: operation.wrongToken === 'token-invalid' ? 401 : 403,
    /** Any good token may ask. */
    isOpen: operation.path.endsWith('/tokens/verify'),
  })),
)

function fill(path: string): string {
  return path
    .replace('{zone_id}', ZONE.id)
    .replace('{account_id}', ACCOUNT_ID)
    .replace('{phase}', 'http_request_cache_settings')
    .replace('{setting_id}', 'ssl')
    .replace(/\{\w+\}/g, '0'.repeat(32))
}

function changes(): number {
  return api.documents.revision + api.takeEntries().length
}

describe.each(ROUTES)('$method $path', ({ method, path, wrong, isOpen }) => {
  const url = () => `${api.server.url}/client/v4${path}`
  const content = (): RequestInit =>
    method === 'GET' ? {} : { body: '{"purge_everything":true}', headers: { 'content-type': 'application/json' } }

  test('answers nobody without a token, with an API key, or with a wrong token', async () => {
    const before = changes()
    const given: readonly [Record<string, string>, number][] = [
      [{}, 400],
      [{ 'x-auth-key': TOKEN, 'x-auth-email': 'a@example.com' }, 400],
      [{ authorization: 'Bearer wrong' }, wrong],
    ]
    for (const [headers, status] of given) {
      const init = content()
      const answer = await fetchAnswer(url(), { ...init, method, headers: { ...init.headers, ...headers } })
      expect([answer.status, answer.envelope.success, answer.envelope.result]).toEqual([status, false, null])
    }
    expect(changes()).toBe(before)
  })

  test('answers no token that was made for something else', async () => {
    const before = changes()
    const init = content()
    const headers = { ...init.headers, authorization: `Bearer ${poor}` }
    const { status, envelope } = await fetchAnswer(url(), { ...init, method, headers })
    expect([status, envelope.errors[0]?.code]).toEqual(isOpen ? [200, undefined] : [403, 9109])
    expect(changes()).toBe(before)
  })

  test('grants another web origin nothing, on a preflight either', async () => {
    for (const asked of ['OPTIONS', ...(method === 'GET' ? ['GET'] : [])]) {
      const response = await fetch(url(), {
        method: asked,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          origin: 'https://evil.example',
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization',
        },
      })
      await response.arrayBuffer()
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
      if (asked === 'OPTIONS') expect(response.status).toBe(405)
    }
  })

  test('is not there for a name that somebody points at our address', async () => {
    const before = changes()
    using connection = await connect(api.server.url)
    await connection.write(
      `${method} /client/v4${path} HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 0\r\n\r\n`,
    )
    const answer = await connection.readResponse(method)
    expect([answer?.status, answer?.json]).toEqual([421, expect.objectContaining({ success: false })])
    expect(changes()).toBe(before)
  })
})

test('only the document and the health check are for everybody', async () => {
  for (const path of ['/openapi.json', '/client/v4/openapi.json', '/health']) {
    const response = await fetch(api.server.url + path)
    expect([response.status, response.headers.get('cross-origin-resource-policy')]).toEqual([200, 'same-origin'])
  }
})
