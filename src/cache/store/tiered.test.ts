import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, type EdgeEvent } from '../../base/index.ts'
import { storeContract } from './store.contract.ts'
import { makeTieredStore } from './tiered.ts'

storeContract('tiered store', (memoryLimit) => {
  const directory = mkdtempSync(join(tmpdir(), 'varyant-store-'))
  const events: EdgeEvent[] = []
  const store = makeTieredStore({
    directory,
    memoryLimit,
    diskLimit: bytes(512 * 1024 * 1024),
    events: (event) => events.push(event),
  })
  return {
    store,
    events,
    dispose: async () => {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
})
