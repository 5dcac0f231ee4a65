// DNS records of zones as the API reads and changes them.  The configuration store keeps them; `api/` is given this.

import type { Result } from '../base/index.ts'
import type { FieldProblem } from './dns-fields.ts'
import type { DnsRecord } from './dns-record.ts'
import type { NotRecorded } from './record-change.ts'

type Json = Readonly<Record<string, unknown>>

export type DnsProblem =
  | { readonly kind: 'unknown-zone' }
  | { readonly kind: 'unknown-record'; readonly id: string }
  | FieldProblem
  /** The very same record is there. */
  | { readonly kind: 'identical'; readonly message: string }
  /** Another record of the name excludes it. */
  | { readonly kind: 'host-taken'; readonly message: string }
  /** A zone file that cannot be read: the line and why. */
  | { readonly kind: 'bad-zone-file'; readonly message: string }
  | NotRecorded

/** One step of a batch. */
export type DnsStep =
  | { readonly kind: 'delete'; readonly id: string }
  /** Members that are given replace those that are there. */
  | { readonly kind: 'patch'; readonly id: string; readonly json: Json }
  /** The record as a whole. */
  | { readonly kind: 'put'; readonly id: string; readonly json: Json }
  | { readonly kind: 'post'; readonly json: Json }

/** What failed, and at which step of a batch. */
export type StepProblem = { readonly step: number; readonly problem: DnsProblem }

export interface DnsService {
  list(zoneId: string): readonly DnsRecord[]
  find(zoneId: string, id: string): DnsRecord | undefined
  /** Does the steps, all or none; the records as they are then, or as they were before a delete. */
  run(zoneId: string, steps: readonly DnsStep[]): Result<readonly DnsRecord[], StepProblem>
  /** Adds the records of a zone file in BIND's form that are not there yet. */
  importFile(
    zoneId: string,
    text: string,
    proxied: boolean,
  ): Result<{ readonly added: number; readonly parsed: number }, DnsProblem>
}
