// Zones with their `origins`, as the API reads and changes them.  The configuration store keeps them; `api/` is given this.

import type { Result } from '../base/index.ts'
import type { NotRecorded } from './record-change.ts'
import type { OriginUrls, ZoneDocuments, ZoneRecord, ZoneType } from './zone-documents.ts'

/** A zone as it is now. */
export type ZoneView = ZoneRecord & {
  readonly id: string
  /** Seconds that Development Mode is still on; negative: since it ended; 0: never. */
  readonly developmentMode: number
}

/** A zone as a list needs it, for finding those that are then viewed. */
export type ZoneHead = Pick<ZoneDocuments, 'id' | 'record'>

export type ZoneProblem =
  | { readonly kind: 'unknown' }
  /** The name is none, or there is such a zone. */
  | { readonly kind: 'bad-name'; readonly message: string }
  | { readonly kind: 'exists'; readonly message: string }
  /** A place in the body and what is wrong there. */
  | { readonly kind: 'bad-origin'; readonly pattern: string; readonly message: string }
  | NotRecorded

export type ZoneChange = Partial<Pick<ZoneRecord, 'paused' | 'type' | 'vanity_name_servers'>>

export interface ZonesService {
  /** In the order in which they serve. */
  list(): readonly ZoneHead[]
  find(id: string): ZoneView | undefined
  create(name: string, type: ZoneType): Result<ZoneView, ZoneProblem>
  change(id: string, change: ZoneChange): Result<ZoneView, ZoneProblem>
  /** Removes the zone and all that it has. */
  remove(id: string): Result<ZoneView, ZoneProblem>
  origins(id: string): OriginUrls
  /** Replaces all of `origins`. */
  setOrigins(id: string, origins: Readonly<Record<string, unknown>>): Result<OriginUrls, ZoneProblem>
}
