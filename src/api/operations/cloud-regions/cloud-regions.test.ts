import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type ApiUnderTest, startApiUnderTest, ZONE } from '../../api.fixture.ts'
import { MAX_REGIONS } from './region.ts'

const REGIONS = `/zones/${ZONE.id}/origin/cloud_regions`
const region = (origin_ip: string, rest: object = {}) => ({ origin_ip, region: 'us-east-1', vendor: 'aws', ...rest })

let api: ApiUnderTest
beforeEach(() => {
  api = startApiUnderTest()
})
afterEach(() => api.stop())

const result = async (method: string, path = '', body?: unknown) =>
  (await api.call(method, REGIONS + path, body)).envelope.result

test('an address has one region, whatever its spelling', async () => {
  const long = '2001:DB8:0:0:0:0:0:1'
  expect(await result('PUT', `/${encodeURIComponent(long)}`, region(long))).toMatchObject(region('2001:db8::1'))
  expect(await result('PUT', '/2001:db8::1', region('2001:db8::1', { region: 'us-west-2' }))).toMatchObject({
    region: 'us-west-2',
  })
  expect(await result('GET', `/${long}`)).toMatchObject({ origin_ip: '2001:db8::1', region: 'us-west-2' })
  expect(await result('GET')).toHaveLength(1)
  expect(await result('DELETE', '/2001:db8::1')).toEqual({ origin_ip: '2001:db8::1' })
  expect((await api.call('GET', `${REGIONS}/2001:db8::1`)).status).toBe(404)
})

test('pages end with an empty one', async () => {
  for (let i = 1; i <= 3; i += 1) await result('PUT', `/192.0.2.${i}`, region(`192.0.2.${i}`))
  expect(await result('GET', '?per_page=2')).toHaveLength(2)
  expect(await result('GET', '?per_page=2&page=2')).toHaveLength(1)
  expect(await result('GET', '?per_page=2&page=3')).toEqual([])
})

test('of a batch each item stands by itself', async () => {
  expect(
    await result('PUT', '/batch', [region('192.0.2.1'), region('x'), region('192.0.2.2', { vendor: 'acme' })]),
  ).toMatchObject({
    succeeded: [{ origin_ip: '192.0.2.1' }],
    failed: [
      { origin_ip: 'x', error: expect.any(String) },
      { origin_ip: '192.0.2.2', error: expect.any(String) },
    ],
  })
  expect(await result('DELETE', '/batch', ['192.0.2.1', { origin_ip: '192.0.2.9' }])).toMatchObject({
    succeeded: [{ origin_ip: '192.0.2.1' }],
    failed: [{ origin_ip: '192.0.2.9' }],
  })
  expect(await result('GET')).toEqual([])
})

test.each([
  ['an address that is none', 'PUT', '/x', region('x'), 400],
  ['another address than the path says', 'PUT', '/192.0.2.1', region('192.0.2.2'), 400],
  ['a batch that is too large', 'PUT', '/batch', Array.from({ length: 101 }, (_, i) => region(`192.0.2.${i}`)), 400],
  ['an empty batch', 'PUT', '/batch', [], 400],
  ['a removal of nothing', 'DELETE', '/batch', undefined, 400],
  ['an address without region', 'DELETE', '/192.0.2.1', undefined, 404],
])('%s is refused', async (_, method, path, body, status) => {
  expect((await api.call(method, REGIONS + path, body)).status).toBe(status)
  expect(await result('GET')).toEqual([])
})

test('one more than a zone may have is refused with 1164', async () => {
  api.documents.change((draft) => {
    for (let i = 0; i < MAX_REGIONS; i += 1) draft.write(`zones/${ZONE.id}/cloud_regions/10.0.${i >> 8}.${i & 255}`, {})
  })
  const { status, envelope } = await api.call('PUT', `${REGIONS}/192.0.2.1`, region('192.0.2.1'))
  expect([status, envelope.errors[0]?.code]).toEqual([403, 1164])
})

test('there is one tier, so no region has an upper one', async () => {
  expect(await result('GET', '/supported_regions')).toEqual({
    obtained_codes: false,
    vendors: { aws: [], azure: [], gcp: [], oci: [] },
  })
})
