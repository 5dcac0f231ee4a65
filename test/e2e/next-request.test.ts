// When the API's answer is out, the next request sees the change, whichever connection it comes on; and while changes go
// on, no request fails.

import { expect, test } from 'bun:test'
import { startScene, ZONE, zoneId } from '../support/edge/index.ts'

const API = `/zones/${zoneId(ZONE)}`
const ENTRY_POINT = `${API}/rulesets/phases/http_request_cache_settings/entrypoint`
const CHANGES = 40

test('each change is served from the next request on, and none of the requests meanwhile fails', async () => {
  await using scene = await startScene()
  scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  /** The newest change that was acknowledged. */
  let acknowledged = 0
  let isOver = false
  const failures: unknown[] = []
  let visits = 0

  const change = async (n: number): Promise<void> => {
    const action_parameters = { cache: true, browser_ttl: { mode: 'override_origin', default: 1000 + n } }
    const rules = [{ expression: 'true', action: 'set_cache_settings', action_parameters }]
    const answer = await scene.edge.api('PUT', ENTRY_POINT, { rules })
    if (answer.status !== 200) failures.push(answer.text)
    acknowledged = n
  }
  const visit = async (path: string): Promise<void> => {
    visits += 1
    const atLeast = acknowledged
    const { status, fields } = await scene.get(path)
    const told = Number(/max-age=(\d+)/.exec(fields.get('cache-control') ?? '')?.[1]) - 1000
    // Served by the change that was acknowledged before it was sent, or by one under way.
    if (status !== 200 || !(told >= atLeast && told <= acknowledged + 1)) {
      failures.push({ path, status, told, atLeast, acknowledged })
    }
  }
  await change(1)
  const visitors = Array.from({ length: 4 }, async (_, visitor) => {
    for (let n = 0; !isOver; n += 1) await visit(`/${visitor}/${n % 3}`)
  })
  for (let n = 2; n <= CHANGES; n += 1) {
    await change(n)
    await visit('/after')
  }
  isOver = true
  await Promise.all(visitors)
  expect(failures).toEqual([])
  expect(visits).toBeGreaterThan(CHANGES)
}, 30_000)

test('a purge is seen by requests that were not yet sent when it was answered, on every connection', async () => {
  await using scene = await startScene({ cache: { cache: true } })
  let version = 0
  scene.origin.on('*', () => ({ fields: [['Cache-Control', 'max-age=60']], body: String(version) }))
  for (let n = 1; n <= 30; n += 1) {
    version = n
    await scene.purge(n % 2 === 0 ? { files: [`http://${ZONE}/a`] } : { prefixes: [`${ZONE}/a`] })
    const texts = await Promise.all([1, 2, 3].map(async () => (await scene.get('/a')).text))
    expect(texts).toEqual([String(n), String(n), String(n)])
  }
}, 30_000)
