// The version, as package.json has it.

import manifest from '../../package.json' with { type: 'json' }

export function version(): string {
  return manifest.version
}
