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
    expect([status, envelope.errors[0]?.message]).toEqual([404, 'this version has no setting "nonsense"'])
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
