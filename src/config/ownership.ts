// Which zone does a host belong to?  The one whose name it is, or whose name is its longest parent.

/** The names of a host and its parents, the longest first: `a.b.c`, `b.c`, `c`. */
export function* suffixesOf(host: string): Generator<string> {
  yield host
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) yield host.slice(dot + 1)
}

/** The zone that `host` (or, for `*.suffix`, its suffix) belongs to by name, or undefined. */
export function findOwner<Zone>(byName: ReadonlyMap<string, Zone>, host: string): Zone | undefined {
  for (const suffix of suffixesOf(host.startsWith('*.') ? host.slice(2) : host)) {
    const zone = byName.get(suffix)
    if (zone !== undefined) return zone
  }
  return undefined
}

/** Zones by their names, for `findOwner`. */
export function zonesByName(
  zones: readonly { readonly id: string; readonly record: { readonly name: string } }[],
): ReadonlyMap<string, { readonly id: string; readonly name: string }> {
  return new Map(zones.map(({ id, record: { name } }) => [name, { id, name }]))
}
