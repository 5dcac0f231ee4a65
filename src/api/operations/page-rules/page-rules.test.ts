import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type ApiUnderTest, OTHER_ZONE, startApiUnderTest, ZONE } from '../../api.fixture.ts'

const RULES = `/zones/${ZONE.id}/pagerules`
const BODY = {
  targets: [{ target: 'url', constraint: { operator: 'matches', value: '*example.com/images/*' } }],
  actions: [{ id: 'cache_level', value: 'cache_everything' }],
  priority: 2,
  status: 'active',
}

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

async function done(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const { status, envelope } = await api.call(method, path, body)
  expect([status, envelope.errors]).toEqual([200, []])
  return envelope.result as Record<string, unknown>
}

test('a page rule is kept as it was sent, and told not to be acted on', async () => {
  const made = await api.call('POST', RULES, BODY)
  expect(made.envelope.result).toMatchObject(BODY)
  expect(made.envelope.messages).toMatchObject([{ code: 1190, message: expect.stringContaining('not implemented') }])
  const { id } = made.envelope.result as { id: string }
  expect(await done('GET', `${RULES}/${id}`)).toMatchObject({ id, ...BODY })
  expect(await done('PATCH', `${RULES}/${id}`, { status: 'disabled' })).toMatchObject({ ...BODY, status: 'disabled' })
  expect(await done('PUT', `${RULES}/${id}`, { ...BODY, priority: undefined })).toMatchObject({ priority: 1 })
  expect(await done('DELETE', `${RULES}/${id}`)).toEqual({ id })
  expect((await api.call('GET', `${RULES}/${id}`)).status).toBe(404)
})

test('what a client read may be sent back', async () => {
  const made = await done('POST', RULES, BODY)
  expect(await done('PUT', `${RULES}/${made.id}`, made)).toEqual(made)
  await done('DELETE', `${RULES}/${made.id}`)
})

test('they are listed by priority, the highest first, and each zone has its own', async () => {
  const ids: unknown[] = []
  for (const priority of [1, 3, 2]) ids.push((await done('POST', RULES, { ...BODY, priority })).id)
  const list = async (query = '') => (await done('GET', RULES + query)) as unknown as { id: string }[]
  expect((await list()).map(({ id }) => id as unknown)).toEqual([ids[1], ids[2], ids[0]])
  expect((await list('?direction=asc')).map(({ id }) => id as unknown)).toEqual([ids[0], ids[2], ids[1]])
  expect(await list('?status=disabled')).toEqual([])
  expect((await api.call('GET', `/zones/${OTHER_ZONE.id}/pagerules`)).envelope.result).toEqual([])
})

describe('refused, with its place, and nothing kept', () => {
  test.each([
    ['no target', { ...BODY, targets: [] }, '/targets'],
    [
      'an unknown operator',
      { ...BODY, targets: [{ constraint: { operator: 'like', value: 'a' } }] },
      '/targets/0/constraint/operator',
    ],
    ['an unknown action', { ...BODY, actions: [{ id: 'explode' }] }, '/actions/0/id'],
    ['a priority below 1', { ...BODY, priority: 0 }, '/priority'],
    ['a status that is none', { ...BODY, status: 'on' }, '/status'],
    ['no object', [], ''],
  ])('%s', async (_, body, pointer) => {
    const before = api.documents.revision
    const { status, envelope } = await api.call('POST', RULES, body)
    expect([status, envelope.errors[0]?.code, envelope.errors[0]?.source?.pointer]).toEqual([400, 6008, pointer])
    expect(api.documents.revision).toBe(before)
  })
})
