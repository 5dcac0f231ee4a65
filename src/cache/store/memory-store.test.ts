import { makeMemoryStore } from './memory-store.ts'
import { storeContract } from './store.contract.ts'

storeContract('memory store', (memoryLimit) => {
  const store = makeMemoryStore({ memoryLimit, events: () => {} })
  return { store, events: [], dispose: () => store.close() }
})
