// The configuration while it runs: documents, the services that read and change them, and the snapshot that they amount to.
//
//   file ──► documents ◄── services ◄── API
//                │
//                └──► snapshot ──► listeners (the edge)
//
// C1  A change is durable before it is in the snapshot, and in the snapshot before its service answers.
// C2  The file is applied at each start, through the same documents (apply-file.ts).
// C3  A snapshot's revision is higher than that of each earlier one.

import type { Clock, EventSink } from '../base/index.ts'
import { applyFile } from './apply-file.ts'
import { applyScripts } from './apply-scripts.ts'
import type { DnsService } from './dns-contract.ts'
import { makeDnsService } from './dns-service.ts'
import type { Documents } from './documents.ts'
import { makePublisher } from './publish.ts'
import type { ResolvedConfig } from './resolved.ts'
import { forgetBlobs } from './script-versions.ts'
import type { ScriptsService } from './scripts-contract.ts'
import { makeScriptsService } from './scripts-service.ts'
import { sealSecrets } from './seal-secrets.ts'
import type { ZoneSettingsService } from './setting-contract.ts'
import { DEDICATED_RULES, SETTING_RULES } from './setting-rules.ts'
import { makeSettingsService } from './settings-service.ts'
import type { Snapshot } from './snapshot.ts'
import { makeSnippetsService, type SnippetsService } from './snippets-service.ts'
import { makeWorkerDomainsService, type WorkerDomainsService } from './worker-domains-service.ts'
import type { WorkerRoutesService } from './worker-routes-contract.ts'
import { makeWorkerRoutesService } from './worker-routes-service.ts'
import type { ZonesService } from './zones-contract.ts'
import { makeZonesService } from './zones-service.ts'

export type ConfigStoreOptions = {
  readonly documents: Documents
  readonly config: Pick<ResolvedConfig, 'zones'>
  readonly clock: Clock
  readonly events: EventSink
}

/** What the API reads and changes. */
export type Administration = {
  readonly zones: ZonesService
  readonly dns: DnsService
  readonly settings: ZoneSettingsService
  /** Switches with endpoints of their own. */
  readonly dedicated: ZoneSettingsService
  readonly scripts: ScriptsService
  readonly workerRoutes: WorkerRoutesService
  readonly workerDomains: WorkerDomainsService
  readonly snippets: SnippetsService
}

export interface ConfigStore extends Administration {
  snapshot(): Snapshot
  /** Calls the listener with each new snapshot; answers how to stop. */
  onChange(listener: (snapshot: Snapshot) => void): () => void
  close(): void
}

/** Applies the file's configuration to the documents and answers what they amount to; throws when it cannot be kept. */
export function openConfigStore({ documents, config, clock, events }: ConfigStoreOptions): ConfigStore {
  sealSecrets(documents, events)
  documents.change((draft) => {
    const now = clock.now()
    applyFile(draft, config.zones, now)
    applyScripts({ draft, documents, now }, config.zones)
  })
  const publisher = makePublisher({ documents, config, clock, events })
  forgetBlobs(documents)
  return {
    zones: makeZonesService(publisher),
    dns: makeDnsService(publisher),
    settings: makeSettingsService(publisher, SETTING_RULES),
    dedicated: makeSettingsService(publisher, DEDICATED_RULES),
    scripts: makeScriptsService(publisher),
    workerRoutes: makeWorkerRoutesService(publisher),
    workerDomains: makeWorkerDomainsService(publisher),
    snippets: makeSnippetsService(publisher),
    snapshot: publisher.snapshot,
    onChange: publisher.onChange,
    close: publisher.close,
  }
}
