// Certificates and keys: read from files, parsed, and matched with each other, before anything listens.

import type { KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fail, ok, type Result } from '../base/index.ts'
import { type ConfigPath, quote, sentence } from './problems.ts'
import { reasonOf } from './read-failure.ts'
import type { TlsMaterial } from './resolved.ts'

type Files = { readonly cert: string; readonly key: string }

/** The material of the files, relative to `folder`; what is wrong is added to `problems`. */
export function readTls(entries: readonly Files[], folder: string, problems: string[]): TlsMaterial[] {
  return entries.flatMap((files, index) => {
    const material = readEntry(files, folder, ['edge', 'tls', index], problems)
    if (material === undefined) return []
    if (material.serverNames.length === 0 && entries.length > 1) {
      const message = `${quote(files.cert)} covers no DNS name, so that no visitor would get it; remove it or use another`
      problems.push(sentence(['edge', 'tls', index, 'cert'], message))
    }
    return [material]
  })
}

function readEntry(files: Files, folder: string, path: ConfigPath, problems: string[]): TlsMaterial | undefined {
  // Loaded here: it is a part of a start that one without TLS need not wait for.
  const { createPrivateKey, X509Certificate }: typeof import('node:crypto') = require('node:crypto')
  const cert = readPem(resolve(folder, files.cert), (pem) => new X509Certificate(pem), 'a certificate in PEM')
  const key = readPem(resolve(folder, files.key), createPrivateKey, 'a private key in PEM without a passphrase')
  if (!cert.ok) problems.push(sentence([...path, 'cert'], `${quote(files.cert)} ${cert.problem}`))
  if (!key.ok) problems.push(sentence([...path, 'key'], `${quote(files.key)} ${key.problem}`))
  if (!cert.ok || !key.ok) return undefined
  if (!cert.value.parsed.checkPrivateKey(key.value.parsed)) {
    const message = `${quote(files.key)} is not the key of ${quote(files.cert)}; name the key that the certificate was made for`
    problems.push(sentence([...path, 'key'], message))
    return undefined
  }
  return { cert: cert.value.pem, key: key.value.pem, serverNames: dnsNamesOf(cert.value.parsed) }
}

function readPem<Parsed extends X509Certificate | KeyObject>(
  path: string,
  parse: (pem: string) => Parsed,
  what: string,
): Result<{ readonly pem: string; readonly parsed: Parsed }, string> {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (cause) {
    // Fail closed: the edge does not start.
    return fail(
      `cannot be read: ${reasonOf(cause)} at ${path}; correct the path, which is relative to the configuration`,
    )
  }
  try {
    return ok({ pem, parsed: parse(pem) })
  } catch {
    // Fail closed, likewise; the library's own words say nothing to an operator.
    return fail(`is not ${what}; convert it, or name another file`)
  }
}

/** RFC 6125 §6.4.4: only the subjectAltName counts. */
function dnsNamesOf(certificate: X509Certificate): string[] {
  const entries = certificate.subjectAltName?.split(', ') ?? []
  return entries.filter((entry) => entry.startsWith('DNS:')).map((entry) => entry.slice('DNS:'.length).toLowerCase())
}
