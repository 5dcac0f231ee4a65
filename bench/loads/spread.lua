-- Spreads requests evenly over URLS URLs and ORIGINS Origins, in an order that a cache cannot guess from the last one.

local URLS, ORIGINS = 1000, 10
-- Coprime to the number of pairs, so that every pair comes once before any comes twice.
local STRIDE = 3571

local requests = {}
local position = 0

function init()
  for n = 0, URLS * ORIGINS - 1 do
    local url, origin = n % URLS, math.floor(n / URLS)
    requests[n] = wrk.format('GET', '/spread/' .. url .. '.css', {
      Host = wrk.headers['Host'],
      Origin = 'https://a' .. origin .. '.example.com',
    })
  end
end

function request()
  position = (position + STRIDE) % (URLS * ORIGINS)
  return requests[position]
end
