// Documents in memory: for tests, and wherever nothing has to survive.

import type { Documents, DocumentsDraft } from './documents-contract.ts'

export function makeMemoryDocuments(): Documents {
  let documents: ReadonlyMap<string, unknown> = new Map()
  let revision = 0
  const listeners = new Set<(revision: number) => void>()
  return {
    get revision() {
      return revision
    },
    read: (path) => documents.get(path),
    list: (prefix) => listOf(documents, prefix),
    change: (work) => {
      const draft = new Map(documents)
      const answer = work(draftOf(draft))
      documents = draft
      revision += 1
      for (const listener of listeners) listener(revision)
      return answer
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
}

function draftOf(draft: Map<string, unknown>): DocumentsDraft {
  return {
    read: (path) => draft.get(path),
    list: (prefix) => listOf(draft, prefix),
    write: (path, value) => void draft.set(path, freeze(JSON.parse(JSON.stringify(value)))),
    remove: (path) => void draft.delete(path),
  }
}

function listOf(documents: ReadonlyMap<string, unknown>, prefix: string): (readonly [string, unknown])[] {
  return [...documents].filter(([path]) => path.startsWith(prefix)).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) freeze(member)
  return Object.freeze(value)
}
