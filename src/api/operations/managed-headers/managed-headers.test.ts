import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ApiUnderTest, startApiUnderTest, ZONE } from '../../api.fixture.ts'

const MANAGED = `/zones/${ZONE.id}/managed_headers`
const NORMALIZATION = `/zones/${ZONE.id}/url_normalization`

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

const SECURITY = { id: 'add_security_headers', enabled: true }

test('managed transforms are switched one by one; those not listed stay', async () => {
  await api.call('PATCH', MANAGED, { managed_response_headers: [SECURITY] })
  const wanted = { managed_request_headers: [{ id: 'add_true_client_ip_headers', enabled: true }] }
  const { envelope } = await api.call('PATCH', MANAGED, wanted)
  expect(envelope.result).toMatchObject({
    managed_request_headers: expect.arrayContaining([
      { id: 'add_true_client_ip_headers', enabled: true, has_conflict: false },
      {
        id: 'remove_visitor_ip_headers',
        enabled: false,
        has_conflict: true,
        conflicts_with: ['add_true_client_ip_headers'],
      },
    ]),
    managed_response_headers: [{ id: 'remove_x-powered-by_header', enabled: false }, SECURITY],
  })
  const conflict = { managed_request_headers: [{ id: 'remove_visitor_ip_headers', enabled: true }] }
  expect((await api.call('PATCH', MANAGED, conflict)).status).toBe(400)
  const unknown = await api.call('PATCH', MANAGED, { managed_response_headers: [SECURITY, { ...SECURITY, id: 'x' }] })
  expect([unknown.status, unknown.envelope.errors[0]?.source?.pointer]).toEqual([400, '/managed_response_headers/1/id'])
  const impossible = { managed_request_headers: [{ id: 'add_bot_protection_headers', enabled: true }] }
  expect((await api.call('PATCH', MANAGED, impossible)).envelope.errors[0]).toMatchObject({
    message: 'add_bot_protection_headers cannot be enabled: this edge has no bot management to take them from',
    source: { pointer: '/managed_request_headers/0/enabled' },
  })
  await api.call('DELETE', MANAGED)
  expect(JSON.stringify((await api.call('GET', MANAGED)).envelope.result)).not.toContain('"enabled":true')
})

test('URL normalisation is incoming by rfc3986 until it is set', async () => {
  const read = async () => (await api.call('GET', NORMALIZATION)).envelope.result
  expect(await read()).toEqual({ scope: 'incoming', type: 'rfc3986' })
  await api.call('PUT', NORMALIZATION, { scope: 'both', type: 'cloudflare' })
  expect(await read()).toEqual({ scope: 'both', type: 'cloudflare' })
  expect((await api.call('PUT', NORMALIZATION, { scope: 'all', type: 'cloudflare' })).status).toBe(400)
  expect((await api.call('PUT', NORMALIZATION, { scope: 'both' })).status).toBe(400)
  await api.call('DELETE', NORMALIZATION)
  expect(await read()).toEqual({ scope: 'incoming', type: 'rfc3986' })
})
