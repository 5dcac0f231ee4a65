import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeMmdb } from '../../test/support/mmdb.ts'
import { ConfigError } from './problems.ts'
import { resolveConfig } from './resolve.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varyant-geoip-'))
  const lisbon = {
    city: { names: { en: 'Lisbon' } },
    continent: { code: 'EU' },
    country: { iso_code: 'PT', is_in_european_union: true },
    location: { latitude: { double: 38.72 }, longitude: { double: -9.14 }, time_zone: 'Europe/Lisbon', metro_code: 7 },
    postal: { code: '1000' },
    subdivisions: [{ iso_code: '11', names: { en: 'Lisboa' } }],
  }
  const abroad = { registered_country: { iso_code: 'BR' } }
  writeFileSync(join(folder, 'city.mmdb'), makeMmdb({ '192.0.2.0/24': lisbon, '198.51.100.0/24': abroad }))
  writeFileSync(
    join(folder, 'asn.mmdb'),
    makeMmdb({ '192.0.2.0/25': { autonomous_system_number: 64_500 } }, 'Test-ASN'),
  )
  writeFileSync(join(folder, 'bad.mmdb'), 'this is no database')
})
afterAll(() => rmSync(folder, { recursive: true }))

function locate(geoip: unknown) {
  return resolveConfig({ edge: { geoip } }, { baseDir: folder }).edge.locate
}

function problemsOf(geoip: unknown): readonly string[] {
  try {
    locate(geoip)
    return []
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.problems
    throw cause
  }
}

test('an address has the place that its record says', () => {
  expect(locate('city.mmdb')?.('192.0.2.200')).toEqual({
    ...{ country: 'PT', continent: 'EU', isInEuropeanUnion: true, city: 'Lisbon', postalCode: '1000', metroCode: '7' },
    ...{ region: 'Lisboa', regionCode: '11', subdivision1: 'PT-11', timeZone: 'Europe/Lisbon' },
    ...{ latitude: 38.72, longitude: -9.14 },
  })
})

test('several databases complete each other', () => {
  const find = locate(['city.mmdb', 'asn.mmdb'])
  expect([find?.('192.0.2.1')?.asn, find?.('192.0.2.1')?.country, find?.('192.0.2.200')?.asn]).toEqual([
    64_500,
    'PT',
    undefined,
  ])
})

test('where the record has no country, the one that it is registered in stands in', () => {
  expect(locate('city.mmdb')?.('198.51.100.1')).toEqual({ country: 'BR', isInEuropeanUnion: false })
})

test.each(['203.0.113.1', '2001:db8::1', 'no address', ''])('%j has no place', (address) => {
  expect(locate('city.mmdb')?.(address)).toBeUndefined()
})

test('without a database there is no look-up', () => {
  expect([locate(undefined), locate([])]).toEqual([undefined, undefined])
})

test('a file that is missing or something else is refused, with its place', () => {
  expect(problemsOf(['city.mmdb', 'none.mmdb'])).toEqual([
    `edge.geoip[1]: "none.mmdb" cannot be read: there is no file at ${join(folder, 'none.mmdb')}; correct the path, which is relative to the configuration`,
  ])
  expect(problemsOf('bad.mmdb')).toEqual([
    'edge.geoip: "bad.mmdb" is not a database in MaxMind\'s format; name a .mmdb file',
  ])
  expect(problemsOf(7)).toEqual([
    'edge.geoip: 7 is not a file or a list of files; write for example "GeoLite2-City.mmdb"',
  ])
})
