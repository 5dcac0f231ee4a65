// A copy of the configuration in another process: after the same changes it must say the same.

import { expect, test } from 'bun:test'
import { makeFakeClock } from '../base/index.ts'
import { makeMemoryDocuments } from './documents.ts'
import { followDocuments, makeConfigReplica } from './replica.ts'
import { resolveConfig } from './resolve.ts'
import { openConfigStore } from './store.ts'
import { ACCOUNT_ID, zoneId } from './zone-id.ts'

const ZONE = zoneId('example.com')

function start() {
  const clock = makeFakeClock(Date.UTC(2026, 4, 4))
  const documents = makeMemoryDocuments()
  const config = resolveConfig({
    zones: [
      { name: 'example.com', origins: { '*.example.com': 'http://127.0.0.1:3000' } },
      { name: 'example.org', origins: { 'example.org': 'http://127.0.0.1:3001' } },
    ],
  })
  const store = openConfigStore({ documents, config, clock, events: () => {} })
  const follower = followDocuments(documents)
  const copy = () =>
    makeConfigReplica({
      documents: structuredClone(follower.now()) as ReturnType<typeof follower.now>,
      ...{ fileZones: config.zones.map(({ name }) => name), geoipFiles: [], clock },
    })
  return { documents, store, follower, copy }
}

/** What a snapshot says, as far as it is plain. */
function said(snapshot: ReturnType<ReturnType<typeof openConfigStore>['snapshot']>) {
  return {
    zones: snapshot.zones.map(({ rules: _, ...zone }) => zone),
    routes: ['www.example.com', 'example.org', 'elsewhere.net'].map((host) => snapshot.findRoute(host)?.origin),
  }
}

test('a copy says what the configuration says, from the beginning and after each change', () => {
  const { store, follower, copy } = start()
  const replica = copy()
  follower.onChange((changes) => replica.take(structuredClone(changes) as typeof changes))
  expect(said(replica.snapshot())).toEqual(said(store.snapshot()))
  store.settings.change(ZONE, [{ id: 'browser_cache_ttl', value: 7_200 }])
  expect(said(store.snapshot()).zones[0]?.cacheSettings.browserTtl).toMatchObject({ default: 7_200 })
  expect(said(replica.snapshot())).toEqual(said(store.snapshot()))
  expect(said(copy().snapshot())).toEqual(said(store.snapshot()))
})

test('tokens and earlier versions of rulesets do not go over, rulesets of zones and of the account do', () => {
  const { documents, follower } = start()
  const heard: string[] = []
  follower.onChange((changes) => heard.push(...changes.map(([path]) => path)))
  documents.change((draft) => {
    draft.write('tokens/a', { hash: 'secret' })
    draft.write(`zones/${ZONE}/ruleset_versions/http_request_transform/000000001`, {})
  })
  expect(heard).toEqual([])
  documents.change((draft) => draft.write(`zones/${ZONE}/settings/always_online`, { value: 'on', modified_on: 1 }))
  documents.change((draft) => draft.remove(`zones/${ZONE}/settings/always_online`))
  expect(heard.length).toBe(2)
  documents.change((draft) => draft.write(`accounts/${ACCOUNT_ID}/rulesets/http_request_transform`, { rules: [] }))
  expect(heard.length).toBe(3)
  expect(follower.now().map(([path]) => path)).not.toContain('tokens/a')
})
