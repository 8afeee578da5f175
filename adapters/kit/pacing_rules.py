"""How Redis decides who may call a supplier: one script on its own clock for all windows, all classes, all processes."""

from typing import Final

# A window is counted in this many slots, and a slot counts until all of it has left the window: no stretch of the
# window's length ever holds more than its calls, what the slots cost is less than 1 % of the budget, and a window of
# a month takes no more memory than one of a second.
SLOTS: Final = 120

# How soon to look again when only calls that are still under way stand in the way, and when nothing is known to
# change for long. Whoever waits says so by a mark, which lasts until it looks again and a little longer.
LOOK_AGAIN_MS: Final = 20
LOOK_IN_MS: Final = 2_000
_GRACE_MS: Final = 1_000

_FACTS: Final = f"""
local SLOTS, LOOK_AGAIN, LOOK_IN, GRACE, HOUR = {SLOTS}, {LOOK_AGAIN_MS}, {LOOK_IN_MS}, {_GRACE_MS}, 3600000
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function whole(number) return string.format('%.0f', number) end
"""

# One decision for all windows at once, so that processes with different clocks, and calls that need several windows,
# can't both be let through.
#
# When a call reaches the supplier is known only to lie between our sending it and the reply. So a call counts in full
# while it is under way, and its window starts with the reply: however the network delays some calls and not others,
# the supplier never sees more in a window than it allows.
#
# A server's clock that is set back leaves slots, leases, marks and pauses in the future. They are moved to the
# present, or the supplier would stay unasked until the clock has caught up. A clock set forward can't be told from
# time passing.
#
# None of the keys ever expires, so a server that makes room by evicting what expires never makes it here; what they
# hold is bounded by the declaration: slots by the number of windows, calls by the concurrency, marks by the processes.
#
#   KEYS  1 slot counters (hash "window:slot" -> cost), 2 calls under way (sorted set by the lease's end), 3 calls that
#         wait (sorted set "call>what blocks it" by the mark's end), 4 hash: "seen|class|window" -> when it last asked,
#         "pause|scope" -> "end:length", "left|window" and "until|window" -> what the supplier said is left, and its end
#   ARGV  1 "take", "land", or "drop" for a call that was never made, 2 the call as "lease|class|cost|window,window",
#         3 for "take" as JSON: class as ordered and as seen, cost, concurrency, lease and patience in ms, sells,
#         scopes of pauses, windows (id, calls, reserve), and what the caller has spent without asking, by window
# Answers how long to wait in milliseconds; 0 means go.
TAKE: Final = (
    _FACTS
    + """
local lease_of = function(call) return string.match(call, '^[^|]*') end

local function parts(call)
  local class, cost, windows = string.match(call, '^[^|]*|(%d+)|(%d+)|(.*)$')
  return tonumber(class), tonumber(cost), windows
end

local function span(window) return tonumber(string.match(window, '^%d+')) end

local function count(window, cost)
  redis.call('HINCRBY', KEYS[1], window .. ':' .. whole(math.floor(now * SLOTS / span(window))), cost)
end

local function land(call)
  local _, cost, windows = parts(call)
  for window in string.gmatch(windows, '[^,]+') do
    count(window, cost)
    if redis.call('HEXISTS', KEYS[4], 'left|' .. window) == 1 then
      redis.call('HINCRBY', KEYS[4], 'left|' .. window, -cost)
    end
  end
end

local me = ARGV[2]
if ARGV[1] ~= 'take' then
  if redis.call('ZREM', KEYS[2], me) == 1 and ARGV[1] == 'land' then land(me) end
  if ARGV[1] == 'drop' then
    for _, mark in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
      if lease_of(mark) == lease_of(me) then redis.call('ZREM', KEYS[3], mark) end
    end
  end
  return 0
end

local ask = cjson.decode(ARGV[3])
for window, cost in pairs(ask.untold) do count(window, cost) end

local marks, flat = {}, redis.call('HGETALL', KEYS[4])
for i = 1, #flat, 2 do marks[flat[i]] = flat[i + 1] end

local wait = 0
for _, scope in ipairs(ask.scopes) do
  local field = 'pause|' .. scope
  if marks[field] then
    local over, length = string.match(marks[field], '^(%d+):(%d+)$')
    local left = tonumber(over) - now
    if left > tonumber(length) then
      left = tonumber(length)
      redis.call('HSET', KEYS[4], field, whole(now + left) .. ':' .. length)
    end
    if left <= 0 then redis.call('HDEL', KEYS[4], field) end
    wait = math.max(wait, left)
  end
end

-- Whoever let its lease run out may have called until a moment ago.
for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  redis.call('ZREM', KEYS[2], other)
  land(other)
end
for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. whole(now + ask.lease), '+inf')) do
  redis.call('ZADD', KEYS[2], whole(now + ask.lease), other)
end
local flying, under_way = redis.call('ZRANGE', KEYS[2], 0, -1), {}
for _, other in ipairs(flying) do
  local _, cost, windows = parts(other)
  for window in string.gmatch(windows, '[^,]+') do under_way[window] = (under_way[window] or 0) + cost end
end

-- What those of a higher class wait for is theirs; what they don't wait for is free.
local ahead, waiting = {}, redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES')
for i = 1, #waiting, 2 do
  local mark, over = waiting[i], tonumber(waiting[i + 1])
  if over <= now or over > now + LOOK_IN + GRACE or lease_of(mark) == lease_of(me) then
    redis.call('ZREM', KEYS[3], mark)
  else
    local call, blockers = string.match(mark, '^(.*)>(.*)$')
    local class, cost = parts(call)
    if class < ask.class then
      for blocker in string.gmatch(blockers, '[^,]+') do
        ahead[blocker] = (ahead[blocker] or 0) + (blocker == 'air' and 1 or cost)
      end
    end
  end
end

local spent, leaving, counted = {}, {}, redis.call('HGETALL', KEYS[1])
for i = 1, #counted, 2 do
  local window, slot = string.match(counted[i], '^(.*):(%d+)$')
  local cost, length = tonumber(counted[i + 1]), span(window)
  slot = tonumber(slot)
  if slot > math.floor(now * SLOTS / length) then
    redis.call('HDEL', KEYS[1], counted[i])
    count(window, cost)
    slot = math.floor(now * SLOTS / length)
  end
  local leaves = (slot + 1) * length / SLOTS + length
  if leaves <= now then
    redis.call('HDEL', KEYS[1], counted[i])
  else
    spent[window] = (spent[window] or 0) + cost
    leaving[window] = leaving[window] or {}
    table.insert(leaving[window], {leaves, cost})
  end
end

local function kept(window, reserve)
  local calls = 0
  for class = 0, ask.class - 1 do
    local seen = tonumber(marks['seen|' .. class .. '|' .. window])
    local lately = seen and seen <= now and now - seen < 2 * span(window)
    if lately or (class == 0 and ask.sells) then calls = calls + reserve end
  end
  return calls
end

local blocked = {}
local function hold(blocker, wanted)
  wait = math.max(wait, wanted, 1)
  blocked[#blocked + 1] = blocker
end

if #flying + (ahead.air or 0) >= ask.concurrency - ((ask.class > 0 and ask.sells) and ask.air or 0) then
  hold('air', LOOK_AGAIN)
end

for _, window in ipairs(ask.windows) do
  local id, reserved = window.id, kept(window.id, window.reserve)
  local flown, first = under_way[id] or 0, ahead[id] or 0
  local missing = (spent[id] or 0) + flown + ask.cost - (math.max(ask.cost, window.calls - reserved) - first)
  if missing > 0 then
    local frees, slots = LOOK_AGAIN, leaving[id] or {}
    table.sort(slots, function(a, b) return a[1] < b[1] end)
    for _, slot in ipairs(slots) do
      missing = missing - slot[2]
      if missing <= 0 then frees = math.ceil(slot[1] - now) break end
    end
    hold(id, frees)
  end
  local left, over = tonumber(marks['left|' .. id]), tonumber(marks['until|' .. id])
  if left and over <= now then
    redis.call('HDEL', KEYS[4], 'left|' .. id, 'until|' .. id)
  elseif left then
    if over > now + HOUR then
      over = now + HOUR
      redis.call('HSET', KEYS[4], 'until|' .. id, whole(over))
    end
    local free = left - reserved - first
    if flown + ask.cost > free then hold(id, free >= ask.cost and LOOK_AGAIN or over - now) end
  end
  redis.call('HSET', KEYS[4], 'seen|' .. ask.seen_as .. '|' .. id, whole(now))
end

if wait > 0 then
  if #blocked > 0 and wait <= ask.patience then
    local over = now + math.min(math.ceil(wait), LOOK_IN) + GRACE
    redis.call('ZADD', KEYS[3], whole(over), me .. '>' .. table.concat(blocked, ','))
  end
  return math.ceil(wait)
end
redis.call('ZADD', KEYS[2], whole(now + ask.lease), me)
return 0
"""
)

# A short pause never ends a longer one.  KEYS 1 the fourth of the keys above, ARGV 1 milliseconds, 2… scopes
PAUSE: Final = (
    _FACTS
    + """
for i = 2, #ARGV do
  local field = 'pause|' .. ARGV[i]
  local held = redis.call('HGET', KEYS[1], field)
  local over = now + tonumber(ARGV[1])
  if not held or tonumber(string.match(held, '^%d+')) < over then
    redis.call('HSET', KEYS[1], field, whole(over) .. ':' .. ARGV[1])
  end
end
"""
)

# What the supplier says is left only ever lowers what we may still spend: replies overtake each other, and an older
# one must not give back what a later one has taken. The first word after the end of the last one is believed.
# Answers 1 when nothing is left and something was.
#   KEYS  1 the fourth of the keys above    ARGV  1 window, 2 calls left, 3 for how many milliseconds
LEFT: Final = (
    _FACTS
    + """
local left, over = 'left|' .. ARGV[1], 'until|' .. ARGV[1]
local held, ends = unpack(redis.call('HMGET', KEYS[1], left, over))
local known = held and tonumber(ends) > now and tonumber(ends) <= now + HOUR
if known and tonumber(held) < tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], left, ARGV[2], over, whole(now + tonumber(ARGV[3])))
if tonumber(ARGV[2]) <= 0 and not (known and tonumber(held) <= 0) then return 1 end
return 0
"""
)
