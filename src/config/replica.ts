// The documents as another process has them that serves by them and changes none.
//
//   documents ──followDocuments──► changes, in order ──► takes them in ──► the same snapshots
//
// Of what there is, only what the data plane serves by goes over: tokens and earlier versions of rulesets stay, and so does
// the code of scripts, which run elsewhere; what goes over of a script says which URLs are its own.
//
// R1  After the same changes the snapshot here says the same as that of the documents.

import type { Clock } from '../base/index.ts'
import type { Locate } from '../rulesets/index.ts'
import { isAccountRulesetPath } from './account-rulesets.ts'
import type { Blobs } from './blobs.ts'
import { type Documents, type DocumentsDraft, makeDocuments } from './documents.ts'
import { readGeoip } from './geoip.ts'
import { makePublisher } from './publish.ts'
import { isOfScripts } from './script-documents.ts'
import type { Snapshot } from './snapshot.ts'
import { versionsPrefix, zoneOfPath } from './zone-documents.ts'

/** A document as it is now; undefined: it is gone. */
export type DocumentChange = readonly [path: string, value: unknown]

/** The documents that the data plane serves by, as they are and as they change. */
export function followDocuments(documents: Pick<Documents, 'paths' | 'read' | 'onChange'>): DocumentFollower {
  const read = (paths: readonly string[]): readonly DocumentChange[] =>
    paths.filter(concernsEdge).map((path) => [path, documents.read(path)] as const)
  return {
    now: () => read(documents.paths('')),
    onChange: (listener) =>
      documents.onChange((_, paths) => {
        const changes = read(paths)
        if (changes.length > 0) listener(changes)
      }),
  }
}

export interface DocumentFollower {
  now(): readonly DocumentChange[]
  /** Tells of each change before `change` returns; answers how to stop. */
  onChange(listener: (changes: readonly DocumentChange[]) => void): () => void
}

function concernsEdge(path: string): boolean {
  const zone = zoneOfPath(path)
  if (zone !== undefined) return !path.startsWith(versionsPrefix(zone))
  return isOfScripts(path) || isAccountRulesetPath(path)
}

export type ReplicaParts = {
  readonly documents: readonly DocumentChange[]
  /** The names of the zones of the file, in its order. */
  readonly fileZones: readonly string[]
  /** Databases of addresses; absolute paths of files that could be read. */
  readonly geoipFiles: readonly string[]
  readonly clock: Clock
}

export interface ConfigReplica {
  /** Where addresses are; undefined without a database. */
  readonly locate: Locate | undefined
  snapshot(): Snapshot
  /** Takes in a change; `snapshot` has it when this returns.  Throws when it cannot be compiled. */
  take(changes: readonly DocumentChange[]): void
}

/** A copy of the configuration, which goes on from these documents. */
export function makeConfigReplica({ documents: first, fileZones, geoipFiles, clock }: ReplicaParts): ConfigReplica {
  let failure: unknown
  const documents = makeDocuments({
    keeper: { keep: () => {}, scrub: () => {}, close: () => {} },
    texts: first.flatMap(([path, value]) => (value === undefined ? [] : [[path, JSON.stringify(value)] as const])),
    revision: 0,
    blobs: NO_CONTENTS,
    onListenerFailure: (cause) => {
      failure = cause
    },
  })
  const publisher = makePublisher({
    documents,
    config: { zones: fileZones.map((name) => ({ name })) },
    clock,
    // Whoever keeps the documents has told what there is to tell.
    events: () => {},
  })
  return {
    // A file that is gone since says nothing of anybody: fail open, as for an address that is not in it.
    locate: readGeoip(geoipFiles, '/', []),
    snapshot: publisher.snapshot,
    take: (changes) => {
      documents.change((draft) => {
        for (const change of changes) write(draft, change)
      })
      // Fail closed: whoever serves by an older configuration must not go on.
      if (failure !== undefined) throw failure
    },
  }
}

function write(draft: DocumentsDraft, [path, value]: DocumentChange): void {
  if (value === undefined) draft.remove(path)
  else draft.write(path, value)
}

const NOTHING = new Uint8Array()

/** The contents of scripts are nothing to a process that runs none. */
const NO_CONTENTS: Blobs = {
  keep: () => {
    throw new TypeError('a copy of the configuration keeps nothing')
  },
  read: () => NOTHING,
  retain: () => {},
}
