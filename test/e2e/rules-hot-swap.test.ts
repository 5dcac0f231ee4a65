// A new ruleset is compiled beside the old one and swapped between two requests: nothing is lost, nothing is half old.

import { expect, test } from 'bun:test'
import { headerRule, play, putRules, setRules, startScene, ZONE, zoneId } from '../support/edge/index.ts'

const PHASE = 'http_response_headers_transform'
const SWAPS = 12
const VISITORS = 8

function generation(number: number) {
  const value = { operation: 'set', value: String(number) }
  return headerRule({ 'X-First': value, 'X-Second': value })
}

test('under load every answer is whole and of one generation, and never of one that was replaced before', async () => {
  await using scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', {
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Content-Type', 'text/plain'],
    ],
    body: 'whole',
  })
  await setRules(scene, PHASE, generation(0))
  let acknowledged = 0
  let isOver = false
  let answers = 0
  const problems: string[] = []
  const visit = async (visitor: number): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const least = acknowledged
      // Hits in memory, misses, and what passes through.
      const target = turn % 3 === 0 ? `/new-${visitor}-${turn}` : '/hit'
      const answer = await scene.request(target, { method: turn % 5 === 0 ? 'POST' : 'GET' })
      const [first, second] = [answer.field('x-first'), answer.field('x-second')]
      answers += 1
      if (answer.status !== 200 || answer.text !== 'whole') problems.push(`${answer.status} ${answer.text}`)
      if (first !== second || Number(first) < least) problems.push(`${first} and ${second} after ${least}`)
    }
  }
  const visitors = Array.from({ length: VISITORS }, (_, visitor) => visit(visitor))
  for (let number = 1; number <= SWAPS; number += 1) {
    await setRules(scene, PHASE, generation(number))
    acknowledged = number
  }
  isOver = true
  await Promise.all(visitors)
  expect(problems).toEqual([])
  expect(answers).toBeGreaterThan(VISITORS)
})

test('a ruleset that is refused leaves the live one as it was', async () => {
  await using scene = await startScene()
  scene.origin.on('*', { body: 'x' })
  await setRules(scene, PHASE, generation(1))
  const refused = await putRules(scene, PHASE, [
    generation(2),
    headerRule({ 'X-A': { operation: 'set', value: '1' } }, 'http.host eq'),
  ])
  expect(refused.status).toBe(400)
  expect(refused.json).toMatchObject({ success: false, errors: [{ source: { pointer: '/rules/1/expression' } }] })
  await play(scene, [{ get: '/a', has: { 'x-first': '1' } }])
})

test('a request that is on its way when rules change goes by those that it met', async () => {
  await using scene = await startScene()
  scene.origin.on('*', { body: 'x' })
  await setRules(scene, 'http_request_late_transform', headerRule({ 'X-Sent': { operation: 'set', value: 'old' } }))
  await setRules(scene, PHASE, generation(1))
  const hold = scene.origin.hold('*')
  const answer = scene.get('/a')
  await hold.arrived()
  await setRules(scene, PHASE, generation(2))
  hold.release()
  expect((await answer).field('x-first')).toBe('1')
  await play(scene, [{ get: '/a', has: { 'x-first': '2' } }])
})

test('while the zone is paused no rule holds', async () => {
  await using scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  await setRules(scene, PHASE, generation(1))
  const pause = (paused: boolean) => scene.edge.api('PATCH', `/zones/${zoneId(ZONE)}`, { paused })
  expect((await pause(true)).status).toBe(200)
  await play(scene, [{ get: '/a', cache: 'DYNAMIC', has: { 'x-first': null } }])
  expect((await pause(false)).status).toBe(200)
  await play(scene, [{ get: '/a', cache: 'MISS', has: { 'x-first': '1' } }])
})
