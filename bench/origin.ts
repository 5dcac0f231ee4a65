// The origin server of a run: nginx with three static files, a thousand names for one of them, and a small answer that may
// not be stored.  Its own request counter proves which requests of a run reached it.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endProcess, freePort, spawnPinned, untilAnswering } from './contender.ts'
import { BenchFailure } from './failure.ts'

export interface OriginServer {
  readonly url: string
  /** Requests answered so far, this question not counted. */
  requests(): Promise<number>
  stop(): Promise<void>
}

const FILES = { '1k.css': 1024, '100k.css': 100 * 1024, '1m.css': 1024 * 1024 }

/** Length of the answer that may not be stored. */
const DYNAMIC_BYTES = 1024

/** Starts the origin server on the load's core. */
export async function startOrigin(program: string, parent: string): Promise<OriginServer> {
  const directory = join(parent, 'origin')
  mkdirSync(join(directory, 'files'), { recursive: true })
  for (const [name, length] of Object.entries(FILES)) writeFileSync(join(directory, 'files', name), 'x'.repeat(length))
  const port = await freePort()
  const config = join(directory, 'nginx.conf')
  writeFileSync(config, configText(directory, port))
  const log = join(directory, 'error.log')
  const child = spawnPinned('load', [program, '-p', directory, '-e', log, '-c', config], join(directory, 'stderr.log'))
  const url = `http://127.0.0.1:${port}`
  await untilAnswering(child, `${url}/counter`, log)
  let asked = 1
  return {
    url,
    requests: async () => {
      asked += 1
      const text = await (await fetch(`${url}/counter`)).text()
      const answered = parseCounter(text)
      if (answered === undefined) throw new BenchFailure(`the origin server's counter is unreadable: ${text}`)
      return answered - asked
    },
    stop: () => endProcess(child),
  }
}

/** The third number under "accepts handled requests" of nginx's stub_status, or undefined. */
export function parseCounter(text: string): number | undefined {
  const match = /^ (\d+) (\d+) (\d+) $/m.exec(text)
  return match?.[3] === undefined ? undefined : Number(match[3])
}

function configText(directory: string, port: number): string {
  const dynamic = JSON.stringify({ text: 'x'.repeat(DYNAMIC_BYTES - 11) })
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/error.log warn;
events { worker_connections 4096; }
http {
  access_log off; server_tokens off; default_type text/css;
  sendfile on; tcp_nopush off;
  keepalive_timeout 3600s; keepalive_requests 1000000000;
  open_file_cache max=100 inactive=3600s; open_file_cache_valid 3600s;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  server {
    listen 127.0.0.1:${port};
    root ${directory}/files;
    add_header Cache-Control "public, max-age=86400";
    add_header Access-Control-Allow-Origin $http_origin;
    add_header Vary Origin;
    location /spread/ { rewrite ^ /1k.css break; }
    location = /counter { stub_status; }
    location /dynamic {
      add_header Cache-Control "private, no-store";
      add_header Access-Control-Allow-Origin $http_origin;
      add_header Vary Origin;
      default_type application/json;
      return 200 '${dynamic}';
    }
  }
}
`
}
