// Which versions took part, as the programs themselves tell.

import { join } from 'node:path'
import type { ContenderName } from './contender.ts'
import type { Tool } from './tools.ts'

/** Name and version of Varyant, its runtime and the peers. */
export async function readVersions(
  checkout: string,
  peers: readonly ContenderName[],
  program: (tool: Tool) => string,
): Promise<Record<string, string>> {
  const manifest: { version: string } = await Bun.file(join(checkout, 'package.json')).json()
  const versions: Record<string, string> = { Varyant: manifest.version, Bun: Bun.version }
  if (peers.includes('nginx')) versions.nginx = ask([program('nginx'), '-v'])
  if (peers.includes('varnish')) versions.Varnish = ask([program('varnishd'), '-V'])
  return versions
}

/** The first version number that the program prints anywhere. */
function ask(command: readonly string[]): string {
  const { stdout, stderr } = Bun.spawnSync([...command])
  return /\d+\.\d+(?:\.\d+)?/.exec(`${stdout.toString()}${stderr.toString()}`)?.[0] ?? 'of unknown version'
}
