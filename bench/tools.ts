// The programs that a run needs, and where to get them when they are missing.

import { BenchFailure } from './failure.ts'

/** The Debian and Ubuntu package of every program; other systems use the same or a similar name. */
const PACKAGES = {
  nginx: 'nginx',
  varnishd: 'varnish',
  wrk: 'wrk',
  h2load: 'nghttp2-client',
  taskset: 'util-linux',
  openssl: 'openssl',
  cc: 'gcc',
  node: 'nodejs',
} as const

export type Tool = keyof typeof PACKAGES

/** The path of each program.  Fails with one command that installs all that are missing. */
export function findTools<Name extends Tool>(names: Iterable<Name>): Readonly<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  const missing: Name[] = []
  for (const name of new Set(names)) {
    const path = Bun.which(name, { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin` })
    if (path === null) missing.push(name)
    else found[name] = path
  }
  if (missing.length > 0) throw new BenchFailure(installHint(missing))
  return found as Record<Name, string>
}

/** The sentence that says what is missing and how to install it. */
export function installHint(missing: readonly Tool[]): string {
  const packages = missing.map((name) => PACKAGES[name]).join(' ')
  return `missing: ${missing.join(', ')}; install with: apt-get install ${packages} (or choose scenarios with --only)`
}
