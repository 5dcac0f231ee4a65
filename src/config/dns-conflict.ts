// Which DNS records cannot stand beside each other?  RFC 1034 §3.6.2; CF dns/manage-dns-records
//
// Pure.

import type { DnsProblem } from './dns-contract.ts'
import { isIdentical, type RecordFields } from './dns-record.ts'
import { quote } from './problems.ts'

/** Names at which NS records are delegations, which nothing else may stand beside. */
const EXCLUSIVE_KIND = 'NS'

/** Why the record cannot stand beside the others that have its name, or undefined. */
export function findConflict(
  fields: RecordFields,
  sameName: readonly RecordFields[],
  zoneName: string,
): DnsProblem | undefined {
  if (sameName.some((other) => isIdentical(fields, other))) {
    return { kind: 'identical', message: 'An identical record already exists.' }
  }
  const isAddress = (type: string) => type === 'A' || type === 'AAAA'
  const alias = sameName.some(({ type }) => type === 'CNAME')
  if (fields.type === 'CNAME' && sameName.some(({ type }) => isAddress(type) || type === 'CNAME')) {
    return { kind: 'host-taken', message: 'An A, AAAA, or CNAME record with that host already exists.' }
  }
  if (isAddress(fields.type) && alias) {
    return { kind: 'host-taken', message: 'A CNAME record with that host already exists.' }
  }
  if (fields.name === zoneName) return undefined
  const mixed = sameName.find(({ type }) => (type === EXCLUSIVE_KIND) !== (fields.type === EXCLUSIVE_KIND))
  if (mixed === undefined) return undefined
  return {
    kind: 'host-taken',
    message: `${quote(fields.name)} has a record of type ${mixed.type}; NS records stand alone, so remove one of them`,
  }
}
