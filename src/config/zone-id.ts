// Ids of zones and of the account: computed, so that a script can know them without asking.

/** The first 32 hex digits of SHA-256 of `zone:<name>`. */
export function zoneId(name: string): string {
  return idOf(`zone:${name}`)
}

/** The id of a DNS record that varyant.json names; `identity` says which one of the zone it is. */
export function recordId(zone: string, identity: string): string {
  return idOf(`dns_record:${zone}:${identity}`)
}

/** The id of a rule that varyant.json names without one; `place` says which of its phase it is. */
export function ruleId(zone: string, phase: string, place: string): string {
  return idOf(`rule:${zone}:${phase}:${place}`)
}

/** The id of something that varyant.json names and whose kind and place say which one of the zone it is. */
export function placeId(kind: string, zone: string, place: string): string {
  return idOf(`${kind}:${zone}:${place}`)
}

/** The id of the one account. */
export const ACCOUNT_ID: string = idOf('account:varyant')

function idOf(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('hex').slice(0, 32)
}
