// Where the Bun binary lies that npm installed with this package.  Plain Node >= 18: it runs before there is a Bun.
//
// npm brings the binary in a package of its own for each platform (`@oven/bun-linux-x64`); the install script of the
// package `bun` then *moves* it over a stub, `bun/bin/bun.exe`, under that name on every system.  Where install scripts
// are blocked, the stub stays a stub and the platform's package still has the binary.  So both places are looked at.
//
// There are no names ending in `-baseline` here: since Bun 1.4 they are the same bytes as the plain x64 packages, which
// find out at run time what the processor can do.

import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Less than this is the stub, a script of a few hundred bytes; the binary has about 100 MB. */
const MIN_BINARY_BYTES = 1_000_000

const ARCHITECTURES = /** @type {const} */ ({ x64: 'x64', arm64: 'aarch64' })
const SYSTEMS = /** @type {const} */ ({
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
  freebsd: 'freebsd',
  android: 'linux',
})

/** The dynamic loader of glibc, by architecture: absent where the C library is musl. */
const GLIBC_LOADERS = /** @type {const} */ ({
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
})

/** @typedef {{ readonly system: string, readonly architecture: string, readonly libc: 'glibc' | 'musl' }} Platform */

/**
 * The path of the Bun binary for this machine.  Throws an Error whose message says what to do when there is none.
 *
 * @param {string} from file or URL from which packages are looked up, as `import` in that file would
 * @param {Platform} platform
 * @returns {string}
 */
export function findBun(from = import.meta.url, platform = thisPlatform()) {
  const packages = platformPackages(platform)
  if (packages.length === 0) {
    throw new Error(
      `Bun does not run on ${platform.system} ${platform.architecture}; it runs on Linux, macOS and Windows, x64 and arm64`,
    )
  }
  const bun = packageDirectory(from, 'bun')
  const executable = platform.system === 'win32' ? 'bun.exe' : 'bun'
  const candidates = bun === undefined ? [] : [join(bun, 'bin', 'bun.exe')]
  for (const name of packages) {
    // A package manager that does not flatten node_modules puts it beside `bun`, whose dependency it is.
    const directory = packageDirectory(from, name) ?? (bun && packageDirectory(join(bun, 'package.json'), name))
    if (directory !== undefined) candidates.push(join(directory, 'bin', executable))
  }
  const found = candidates.find(isBinary)
  if (found !== undefined) return found
  throw new Error(
    `the Bun binary is not installed: neither bun/bin/bun.exe nor ${packages[0]} has it in node_modules; ` +
      'run "npm ci --include=optional" (or "npm install --include=optional") on this machine, ' +
      'without copying node_modules from another system',
  )
}

/**
 * The packages that may carry the binary, the likeliest first; none when Bun does not know the platform.
 *
 * @param {Platform} platform
 * @returns {string[]}
 */
export function platformPackages({ system, architecture, libc }) {
  const systemName = SYSTEMS[/** @type {keyof typeof SYSTEMS} */ (system)]
  const architectureName = ARCHITECTURES[/** @type {keyof typeof ARCHITECTURES} */ (architecture)]
  if (systemName === undefined || architectureName === undefined) return []
  const plain = `@oven/bun-${systemName}-${architectureName}`
  if (system === 'android') return [`${plain}-android`]
  // An x64 Node on Apple silicon runs under Rosetta; Bun's installer then brings the arm64 binary.
  if (system === 'darwin' && architecture === 'x64') return [plain, '@oven/bun-darwin-aarch64']
  if (system !== 'linux') return [plain]
  // Older npm installs both, so the order decides; gcompat or a chroot may let the other one run.
  return libc === 'musl' ? [`${plain}-musl`, plain] : [plain, `${plain}-musl`]
}

/** @returns {Platform} */
function thisPlatform() {
  const loader = GLIBC_LOADERS[/** @type {keyof typeof GLIBC_LOADERS} */ (process.arch)]
  // Alpine's gcompat puts a loader of glibc's name there.
  const isMusl = existsSync('/etc/alpine-release') || (loader !== undefined && !existsSync(loader))
  return { system: process.platform, architecture: process.arch, libc: isMusl ? 'musl' : 'glibc' }
}

/**
 * @param {string} from
 * @param {string} name
 * @returns {string | undefined}
 */
function packageDirectory(from, name) {
  try {
    return dirname(createRequire(from).resolve(`${name}/package.json`))
  } catch {
    return undefined // Not installed here: the next place is looked at, and the end of the search says so.
  }
}

/** @param {string} path */
function isBinary(path) {
  const status = statSync(path, { throwIfNoEntry: false })
  return status?.isFile() === true && status.size >= MIN_BINARY_BYTES
}
