// nginx as a caching reverse proxy, configured as its operators would for this job.
//
// `tcp_nopush off` because on loopback `on` makes it wait and would flatter us; one worker because it has one core.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender, endProcess, freePort, type Surroundings, spawnPinned, untilAnswering } from '../contender.ts'

/** Starts nginx with `proxy_cache`. */
export async function startNginx(program: string, around: Surroundings): Promise<Contender> {
  const directory = join(around.directory, 'nginx')
  mkdirSync(join(directory, 'cache'), { recursive: true })
  const [http, https] = [await freePort(), await freePort()]
  const config = join(directory, 'nginx.conf')
  writeFileSync(config, configText(directory, http, https, around))
  const log = join(directory, 'error.log')
  const child = spawnPinned(
    'server',
    [program, '-p', directory, '-e', log, '-c', config],
    join(directory, 'stderr.log'),
  )
  await untilAnswering(child, `http://127.0.0.1:${http}/1k.css`, log)
  return {
    name: 'nginx',
    http: `http://127.0.0.1:${http}`,
    https: `https://127.0.0.1:${https}`,
    pid: child.pid,
    stop: () => endProcess(child),
  }
}

function configText(directory: string, http: number, https: number, around: Surroundings): string {
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/error.log warn;
events { worker_connections 4096; }
http {
  access_log off; server_tokens off;
  sendfile on; tcp_nopush off; tcp_nodelay on;
  keepalive_timeout 3600s; keepalive_requests 1000000000;
  open_file_cache max=20000 inactive=3600s; open_file_cache_valid 3600s;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  proxy_cache_path ${directory}/cache levels=1:2 keys_zone=bench:64m inactive=24h max_size=4g use_temp_path=off;
  upstream origin { server ${new URL(around.origin).host}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${http};
    listen 127.0.0.1:${https} ssl http2;
    ssl_certificate ${around.certificate}; ssl_certificate_key ${around.certificateKey};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    location / {
      proxy_pass http://origin;
      proxy_cache bench;
      proxy_cache_key $scheme$http_host$http_origin$request_uri;
      proxy_ignore_headers Vary;
      add_header X-Cache-Status $upstream_cache_status;
    }
    location /dynamic { proxy_pass http://origin; }
  }
}
`
}
