// The real wrangler, installed on demand into a folder that Git ignores: it is too heavy to be a dependency of everybody.
//
//   4.42/ and newest/ have a package.json and its lock each  ──npm ci──►  .cache/4.42-<hash of the lock>/
//
// Only the npm registry is asked.  Where it cannot be reached the tests are left out with a sentence, but not in CI, where a
// test that is left out would be a test that cannot fail.

import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const HERE = import.meta.dir
const MANIFESTS = ['package.json', 'package-lock.json']
const INSTALL_MILLIS = 170_000

export type Wrangler = {
  /** The Node that runs it. */
  readonly node: string
  readonly script: string
}

/** The wrangler of a folder beside this file; a text says why it cannot be had. */
export async function installWrangler(name: '4.42' | 'newest'): Promise<Wrangler | string> {
  const lock = readFileSync(join(HERE, name, 'package-lock.json'))
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 16)
  const folder = join(HERE, '.cache', `${name}-${hash}`)
  const problem = existsSync(folder) ? undefined : await install(name, folder)
  if (problem !== undefined) return problem
  const node = findNode(name, folder)
  if (node === undefined) return `wrangler ${name} needs Node 22 and its registry has none for this machine; install it`
  return { node, script: join(folder, 'node_modules', 'wrangler', 'bin', 'wrangler.js') }
}

/** Installs beside and moves into place, so that what was broken off is not taken for whole. */
async function install(name: string, folder: string): Promise<string | undefined> {
  const building = `${folder}.${process.pid}`
  rmSync(building, { recursive: true, force: true })
  mkdirSync(building, { recursive: true })
  for (const file of MANIFESTS) copyFileSync(join(HERE, name, file), join(building, file))
  process.stderr.write(`installing wrangler ${name} from the npm registry, once\n`)
  const npm = Bun.spawn(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: building,
    env: { ...process.env, PATH: pathWithoutOurs() },
    stdout: 'ignore',
    stderr: 'pipe',
    timeout: INSTALL_MILLIS,
  })
  const [code, errors] = await Promise.all([npm.exited, new Response(npm.stderr).text()])
  if (code === 0) {
    if (!existsSync(folder)) renameSync(building, folder)
    return undefined
  }
  rmSync(building, { recursive: true, force: true })
  return `wrangler ${name} cannot be installed: ${errors.trim().split('\n').slice(-3).join(' ')}`
}

/** Where programs are, but for those of our own dependencies: one of them brings an npm of long ago. */
function pathWithoutOurs(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.filter((folder) => !folder.endsWith(join('node_modules', '.bin'))).join(delimiter)
}

/** The newest wrangler needs Node 22.12; the older one takes whatever runs these tests. */
function findNode(name: string, folder: string): string | undefined {
  const own = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(own)) return own
  const node = Bun.which('node')
  if (node === null || name === '4.42') return node ?? undefined
  const version = Bun.spawnSync([node, '--version']).stdout.toString()
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) > 22 || (Number(major) === 22 && Number(minor) >= 12) ? node : undefined
}
