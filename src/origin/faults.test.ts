import { describe, expect, test } from 'bun:test'
import { EdgeError, type FaultCode } from '../base/index.ts'
import { faultOf, isBrokenOff } from './faults.ts'

const withCode = (code: string): Error => Object.assign(new Error('x'), { code })

describe('an error of the runtime is a fault of the origin', () => {
  test.each([
    ['ECONNREFUSED', 'origin-refused'],
    ['ETIMEDOUT', 'origin-connect-timeout'],
    ['EHOSTUNREACH', 'origin-unreachable'],
    ['ENOTFOUND', 'origin-unreachable'],
    ['DNS_ESERVFAIL', 'origin-unreachable'],
    ['EPROTO', 'origin-tls-failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'origin-tls-failed'],
    ['CERT_HAS_EXPIRED', 'origin-certificate-invalid'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'origin-certificate-invalid'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'origin-certificate-invalid'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'origin-certificate-invalid'],
    ['ECONNRESET', 'origin-bad-response'],
    ['Malformed_HTTP_Response', 'origin-bad-response'],
    ['A code of tomorrow', 'origin-bad-response'],
  ] as readonly (readonly [string, FaultCode])[])('%s: %s', (code, fault) => {
    expect(faultOf(withCode(code)).code).toBe(fault)
  })

  test("the runtime's own limit on silence: origin-read-timeout", () => {
    expect(faultOf(new DOMException('', 'TimeoutError')).code).toBe('origin-read-timeout')
  })

  test('what is a fault already stays what it is', () => {
    const fault = new EdgeError('client-body-too-large')
    expect(faultOf(fault)).toBe(fault)
  })

  test('what is no error at all is a bad answer', () => {
    for (const odd of [undefined, null, 'text', {}]) expect(faultOf(odd).code).toBe('origin-bad-response')
  })

  test('its detail repeats no address', () => {
    const cause = Object.assign(new Error('fetching "http://10.0.0.1/secret"'), { code: 'Malformed_HTTP_Response' })
    expect(faultOf(cause).message).not.toContain('10.0.0.1')
  })
})

test('a connection that broke off is told from one that was refused', () => {
  expect(['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].map((code) => isBrokenOff(withCode(code)))).toEqual([
    true,
    true,
    false,
  ])
})
