// What `varyant --help` says.

import type { Listen } from '../config/index.ts'
import { DEFAULT_API_LISTEN, DEFAULT_DATA_DIRECTORY, DEFAULT_EDGE_LISTEN } from '../config/known.ts'

const address = ({ hostname, port }: Listen): string => `${hostname}:${port}`

export const USAGE = `usage: varyant start [options]
       varyant export [--data DIR] [--files DIR]
                                      prints a varyant.json that re-creates the configuration; files of scripts below --files

  --origin URL        the origin server behind the edge, for every Host; without it and
                      without zones a built-in demo origin is served
  --config FILE       a configuration file, varyant.json
  --listen HOST:PORT  the edge (default ${address(DEFAULT_EDGE_LISTEN)}; port 0 picks a free one)
  --api HOST:PORT     the API (default ${address(DEFAULT_API_LISTEN)})
  --data DIR          cache, configuration and purges (default ${DEFAULT_DATA_DIRECTORY})
  --no-access-log     no line for each request
  --help, --version

VARYANT_API_TOKEN is the token of the API; without it one is made and kept in DIR/token.

       varyant dev WORKER [--origin URL] [--no-cache] [--var NAME:VALUE]...
  runs a Worker in front of an origin server, through the real cache, and again whenever
  its file changes; tells of each request, console line and exception
  --no-cache          nothing is answered from the cache
  --listen HOST:PORT  where (default ${address(DEFAULT_EDGE_LISTEN)})

       varyant purge URL... [--origin ORIGIN] [--header 'NAME: VALUE'] [--all-variants]
       varyant purge --tag TAG | --host HOST | --prefix HOST/PATH | --everything
  --zone ZONE         the zone; without it the one that the host belongs to
  --invalidate        mark stale instead of purging
  --dry-run           tell what would go

       varyant cors epoch ZONE [--host HOST | --prefix HOST/PATH]
                      stored grants to other Origins count no more; content is kept

       varyant explain URL [--origin ORIGIN] [--method METHOD] [--header 'NAME: VALUE'] [--credentials]
  --origin ORIGIN     the page that asks, such as https://app.example.com, or null; without it
                      nobody asks for a grant
  --credentials       the page sends credentials
  --probe             ask the origin server too; nothing is stored, and only safe methods are sent
  --follow            show every request that the browser sends

       varyant findings [--zone ZONE] [--url URL] [--kind KIND]
                      what is wrong with how the origin servers do CORS, as seen since the edge
                      started: where, how often, which answers show it, how it is mended

       varyant rules check FILE|EXPRESSION [--phase PHASE] [--value]
  --request 'GET URL' says what a rule answers for this request
  --header 'NAME: VALUE', --ip ADDRESS, --status N, --response-header 'NAME: VALUE'

       varyant zones
       varyant token create --purge-only ZONE [--name NAME] [--expires INSTANT]

  --api HOST:PORT     where the API is (default VARYANT_API, or ${address(DEFAULT_API_LISTEN)})
  --data DIR          the data directory of the edge, for its token
  --json              the result as JSON
`
