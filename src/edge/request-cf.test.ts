// `request.cf`: what is known, and nothing that is made up.

import { expect, test } from 'bun:test'
import { requestCf } from './request-cf.ts'

const asked = (scheme: 'http' | 'https', fields: Record<string, string> = {}) => ({
  ...{ scheme, peer: '192.0.2.7', presented: new Headers(fields) },
})

test.each([
  ['of a plain request', asked('http'), { httpProtocol: 'HTTP/1.1' }],
  ['of an encrypted one', asked('https'), { tlsVersion: 'TLSv1.3' }],
  [
    'of one that takes encodings',
    asked('http', { 'accept-encoding': 'gzip, br' }),
    { clientAcceptEncoding: 'gzip, br' },
  ],
])('%s', (_title, request, expected) => {
  const cf = JSON.parse(requestCf(request, { locate: undefined }))
  expect(cf).toMatchObject({ colo: 'VAR', ...expected })
  expect(Object.keys(cf)).not.toContain('country')
})

test('has the place where a database knows it, as Cloudflare writes it', () => {
  const place = { country: 'NO', city: 'Oslo', latitude: 59.9, longitude: 10.7, timeZone: 'Europe/Oslo', asn: 224 }
  expect(JSON.parse(requestCf(asked('http'), { locate: () => place }))).toMatchObject({
    ...{ country: 'NO', city: 'Oslo', latitude: '59.9', longitude: '10.7', timezone: 'Europe/Oslo', asn: 224 },
  })
})
