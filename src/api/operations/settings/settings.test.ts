import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { fail, makeFakeClock } from '../../../base/index.ts'
import { type ApiUnderTest, makeAdministration, startApiUnderTest, ZONE } from '../../api.fixture.ts'

const PATH = `/zones/${ZONE.id}/settings/development_mode`

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

describe('a setting', () => {
  test('is shown with its value', async () => {
    await api.call('PATCH', PATH, { value: 'off' })
    const { status, envelope } = await api.call('GET', PATH)
    expect(status).toBe(200)
    expect(envelope.result).toEqual({
      id: 'development_mode',
      value: 'off',
      editable: true,
      modified_on: '1970-01-01T00:16:40.000Z',
      time_remaining: 0,
    })
  })

  test('is changed, and the answer has the new value', async () => {
    const { status, envelope } = await api.call('PATCH', PATH, { value: 'on' })
    expect([status, envelope.success, envelope.errors]).toEqual([200, true, []])
    expect(envelope.result).toMatchObject({ value: 'on' })
    expect((await api.call('GET', PATH)).envelope.result).toMatchObject({ value: 'on' })
  })

  const refused: readonly (readonly [string, string, unknown, number, number, string | undefined])[] = [
    ['a value of another setting', PATH, { value: 3 }, 400, 6008, '/value'],
    ['a body without value', PATH, { enabled: true }, 400, 6008, ''],
    ['a body that is no object', PATH, 'null', 400, 6008, ''],
    ['a setting that does not exist', `/zones/${ZONE.id}/settings/nonsense`, { value: 'on' }, 404, 1136, undefined],
    [
      'a zone that does not exist',
      `/zones/${'0'.repeat(32)}/settings/development_mode`,
      { value: 'on' },
      404,
      1001,
      undefined,
    ],
  ]
  test.each(refused)('refuses %s', async (_, path, body, status, code, pointer) => {
    const answer = await api.call('PATCH', path, body)
    const [error] = answer.envelope.errors
    expect([answer.status, error?.code, error?.source?.pointer]).toEqual([status, code, pointer])
  })

  test('that is not known is not found', async () => {
    const { status, envelope } = await api.call('GET', `/zones/${ZONE.id}/settings/nonsense`)
    expect([status, envelope.errors[0]?.message]).toEqual([
      404,
      'this version has no setting "nonsense"; see /zones/{zone_id}/settings',
    ])
  })

  test('that cannot be made durable answers 503', async () => {
    const administration = makeAdministration(makeFakeClock(0))
    const settings = { ...administration.settings, change: () => fail({ kind: 'not-recorded' } as const) }
    const broken = startApiUnderTest({ administration: { ...administration, settings } })
    const { status, envelope } = await broken.call('PATCH', PATH, { value: 'on' })
    expect([status, envelope.success, envelope.errors[0]?.code]).toEqual([503, false, 1137])
    await broken.stop()
  })
})

describe('settings', () => {
  const ALL = `/zones/${ZONE.id}/settings`
  type State = { readonly id: string; readonly value: unknown }

  test('are listed, those that nobody set included', async () => {
    const states = (await api.call('GET', ALL)).envelope.result as readonly State[]
    const values = Object.fromEntries(states.map(({ id, value }) => [id, value]))
    expect(values).toMatchObject({ browser_cache_ttl: 14_400, cache_level: 'aggressive', ssl: 'full', polish: 'off' })
    expect(values).not.toHaveProperty('tiered_caching')
  })

  test('are changed together, or not at all', async () => {
    const items = [
      { id: 'cache_level', value: 'basic' },
      { id: 'max_upload', value: 'much' },
    ]
    const refused = await api.call('PATCH', ALL, { items })
    expect([refused.status, refused.envelope.errors[0]?.source?.pointer]).toEqual([400, '/items/1/value'])
    expect((await api.call('GET', `${ALL}/cache_level`)).envelope.result).toMatchObject({ value: 'aggressive' })
    expect((await api.call('PATCH', ALL, { items: [] })).status).toBe(400)
    const changed = await api.call('PATCH', ALL, { items: items.slice(0, 1) })
    expect(changed.envelope.result).toMatchObject([{ id: 'cache_level', value: 'basic' }])
  })

  test('that are only kept say so, whenever they are shown', async () => {
    const { envelope } = await api.call('PATCH', `${ALL}/brotli`, { value: 'off' })
    const message = 'brotli is kept but not implemented: this edge does not act on it'
    expect(envelope.messages).toEqual([{ code: 1190, message }])
    expect((await api.call('GET', `${ALL}/brotli`)).envelope.messages).toEqual([{ code: 1190, message }])
    expect((await api.call('PATCH', `${ALL}/ssl`, { value: 'strict' })).envelope.messages).toEqual([])
  })

  test.each([
    ['polish', 'on'],
    ['origin_max_http_version', 2],
    ['edge_cache_ttl', 31],
    ['max_upload', 1.5],
    ['browser_cache_ttl', -1],
    ['ssl', 'origin_pull'],
    ['automatic_platform_optimization', { enabled: 'yes' }],
    ['security_level', { '': null }],
    ['ciphers', 'x'],
  ])('refuse for %s the value %j', async (id, value) => {
    const { status, envelope } = await api.call('PATCH', `${ALL}/${id}`, { value })
    expect([status, envelope.errors[0]?.code]).toEqual([400, 6008])
  })

  test('has one whose member is enabled', async () => {
    const { envelope } = await api.call('PATCH', `${ALL}/ssl_recommender`, { enabled: true })
    expect(envelope.result).toMatchObject({ id: 'ssl_recommender', value: true })
  })
})

describe('switches with endpoints of their own', () => {
  const at = (path: string) => `/zones/${ZONE.id}/${path}`

  test.each([
    ['argo/tiered_caching', 'tiered_caching'],
    ['argo/smart_routing', 'smart_routing'],
    ['cache/regional_tiered_cache', 'tc_regional'],
    ['cache/cache_reserve', 'cache_reserve'],
  ])('%s is %s', async (path, id) => {
    expect((await api.call('GET', at(path))).envelope.result).toMatchObject({ id, value: 'off', modified_on: null })
    expect((await api.call('PATCH', at(path), { value: 'on' })).envelope.result).toMatchObject({ id, value: 'on' })
    expect((await api.call('PATCH', at(path), { value: 'yes' })).status).toBe(400)
    expect((await api.call('GET', `/zones/${ZONE.id}/settings/${id}`)).status).toBe(404)
  })

  test('the smart topology does not exist until it is set, nor after it is removed', async () => {
    const path = at('cache/tiered_cache_smart_topology_enable')
    const missing = {
      code: 1142,
      message: 'Unable to retrieve tiered_cache_smart_topology_enable setting value. The zone setting does not exist.',
    }
    for (const method of ['GET', 'DELETE']) {
      const { status, envelope } = await api.call(method, path)
      expect([status, envelope.errors]).toEqual([404, [missing]])
    }
    expect((await api.call('POST', path, { value: 'on' })).envelope.result).toMatchObject({ value: 'on' })
    const removed = await api.call('DELETE', path)
    expect([removed.status, Object.keys(removed.envelope.result as object)]).toEqual([
      200,
      ['id', 'editable', 'modified_on'],
    ])
    expect((await api.call('GET', path)).status).toBe(404)
  })

  test('image variants are types by extension', async () => {
    const value = { jpeg: ['image/webp', 'image/avif'] }
    expect((await api.call('PATCH', at('cache/variants'), { value })).envelope.result).toMatchObject({ value })
    for (const bad of [{ exe: ['image/webp'] }, { jpeg: ['text/html'] }, []]) {
      expect((await api.call('PATCH', at('cache/variants'), { value: bad })).status).toBe(400)
    }
  })
})
