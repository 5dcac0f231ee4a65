// Where the workerd program of this platform is, if it is at all.  It comes as an optional npm package, one for each of the
// five platforms that it is built for; docs/decisions/0080.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

/** By `process.platform` and `process.arch`: the package and the program in it. */
const PACKAGES: Readonly<Record<string, string>> = {
  'darwin arm64': '@cloudflare/workerd-darwin-arm64/bin/workerd',
  'darwin x64': '@cloudflare/workerd-darwin-64/bin/workerd',
  'linux arm64': '@cloudflare/workerd-linux-arm64/bin/workerd',
  'linux x64': '@cloudflare/workerd-linux-64/bin/workerd',
}

/** A program that can be started, or the sentence that says why there is none. */
export type WorkerdBinary =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'absent'; readonly why: string }

/** Finds the program; `VARYANT_WORKERD` names another one. */
export function findWorkerd(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = `${process.platform} ${process.arch}`,
): WorkerdBinary {
  const named = env.VARYANT_WORKERD
  if (named !== undefined && named !== '') {
    return existsSync(named)
      ? { kind: 'found', path: named }
      : absent(`VARYANT_WORKERD names ${named}, which does not exist; correct it or unset it`)
  }
  const file = PACKAGES[platform]
  if (file === undefined) {
    return absent(`workerd is not built for ${platform}; run Varyant on Linux (glibc) or macOS to use them`)
  }
  try {
    return { kind: 'found', path: createRequire(import.meta.url).resolve(file) }
  } catch {
    // Fail closed: everything but scripts works without it, and each use of a script says this sentence.
    return absent('the optional package workerd is not installed; run "npm install workerd" beside varyant')
  }
}

function absent(why: string): WorkerdBinary {
  return { kind: 'absent', why: `Workers and Snippets are off: ${why}` }
}
