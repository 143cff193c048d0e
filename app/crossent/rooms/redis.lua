-- What a room does in Redis, each step at once and whole: ARGV says which, then what it needs.
-- KEYS are as RedisStore.keys has them; all but the first are one room's, and go with it.

local rooms, room, entries, news, sizes, seats, here, beats = unpack(KEYS)
local NONE, REFUSED = -1, -2
local KEPT, KEPT_LETTERS = 256, 4000000 -- news that a process may be behind
local PARTING = 60000 -- ms in which all hear that a room is closed
local MOST = 1024 -- a seat's number is below it: a ticket's score is its turn times this and its seat

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function goes_with_room(key)
  redis.call('PEXPIREAT', key, redis.call('HGET', room, 'ends'))
end

local function last_told()
  return tonumber(redis.call('HGET', room, 'told') or 0)
end

-- Tells all who hear, in JSON: a list of [by whom, entries], or null; the number of these news.
local function tell(said)
  local number = redis.call('HINCRBY', room, 'told', 1)
  redis.call('XADD', news, number .. '-0', 'said', said)
  local kept = redis.call('RPUSH', sizes, #said)
  local letters = redis.call('HINCRBY', room, 'newest', #said)
  while kept > 1 and (kept > KEPT or letters > KEPT_LETTERS) do
    letters = redis.call('HINCRBY', room, 'newest', -redis.call('LPOP', sizes))
    kept = kept - 1
  end
  redis.call('XTRIM', news, 'MAXLEN', kept)
  goes_with_room(news)
  goes_with_room(sizes)
  return number
end

-- The seats of who is here, and how many; processes that were not heard of for a while are gone.
local function taken(lease)
  local gone = {}
  for _, process in ipairs(redis.call('ZRANGEBYSCORE', beats, '-inf', now - lease)) do
    gone[process] = true
    redis.call('ZREM', beats, process)
  end
  local seen, count = {}, 0
  for _, place in ipairs(redis.call('HKEYS', here)) do
    local process, seat = place:match('^(%S+) (%d+)$')
    if gone[process] then
      redis.call('HDEL', here, place)
    elseif not seen[seat] then
      seen[seat] = true
      count = count + 1
    end
  end
  return seen, count
end

local function tell_count(lease, always)
  local _, count = taken(lease)
  if always or count ~= tonumber(redis.call('HGET', entries, 'here') or 0) then
    redis.call('HSET', entries, 'here', count)
    goes_with_room(entries)
    tell('[["",{"here":' .. count .. '}]]')
  end
end

local function beat(process)
  redis.call('ZADD', beats, now, process)
  goes_with_room(beats)
end

local steps = {}

function steps.open(code, about, lifetime, most)
  redis.call('ZREMRANGEBYSCORE', rooms, '-inf', now)
  if redis.call('ZCARD', rooms) >= tonumber(most) then return REFUSED end
  if redis.call('EXISTS', room) == 1 then return NONE end
  redis.call('DEL', entries, news, sizes, seats, here, beats)
  local ends = now + lifetime
  redis.call('HSET', room, 'about', about, 'ends', ends, 'letters', 0)
  goes_with_room(room)
  redis.call('ZADD', rooms, ends, code)
  redis.call('PEXPIREAT', rooms, ends)
  return 0
end

function steps.about()
  return redis.call('HGET', room, 'about')
end

function steps.read()
  return {redis.call('HGET', room, 'about'), redis.call('HGETALL', entries)}
end

function steps.look()
  return last_told()
end

function steps.join(ticket, process, most, lease)
  local score = redis.call('ZSCORE', seats, ticket)
  local seat = score and score % MOST
  if not seat then
    seat = redis.call('ZCARD', seats)
    if seat >= tonumber(most) then
      seat = nil
      local seen = taken(lease)
      local all = redis.call('ZRANGE', seats, 0, -1, 'WITHSCORES')
      for i = 1, #all, 2 do
        local left = all[i + 1] % MOST
        if not seen[tostring(left)] then
          seat = left
          redis.call('ZREM', seats, all[i])
          break
        end
      end
      if not seat then return REFUSED end
    end
    local turn = redis.call('HINCRBY', room, 'turns', 1)
    redis.call('ZADD', seats, turn * MOST + seat, ticket)
    goes_with_room(seats)
  end
  redis.call('HINCRBY', here, process .. ' ' .. seat, 1)
  goes_with_room(here)
  beat(process)
  tell_count(lease, true)
  return seat
end

function steps.leave(seat, process, lease)
  local place = process .. ' ' .. seat
  if redis.call('HEXISTS', here, place) == 0 then return 0 end
  if redis.call('HINCRBY', here, place, -1) <= 0 then redis.call('HDEL', here, place) end
  tell_count(lease, true)
  return 0
end

-- A process is there still; `exact` has it say whom it counts, in pairs of a seat and how often.
function steps.beat(process, lease, exact, ...)
  if exact == '1' then
    local given = {...}
    for _, place in ipairs(redis.call('HKEYS', here)) do
      if place:match('^%S+') == process then redis.call('HDEL', here, place) end
    end
    for i = 1, #given, 2 do
      redis.call('HSET', here, process .. ' ' .. given[i], given[i + 1])
      goes_with_room(here)
    end
  end
  beat(process)
  tell_count(lease, false)
  return last_told()
end

-- ARGV has of each message: by whom, how many entries, and of each its name, its JSON ('' takes it away) and
-- whether one that is there stays. What was told last, then 1 for each message that was written.
function steps.publish(most)
  local given, results, said, at = ARGV, {0}, {}, 3
  while at <= #given do
    local by, count = given[at], tonumber(given[at + 1])
    local grown, names, values, parts = 0, {}, {}, {}
    for i = at + 2, at + 1 + 3 * count, 3 do
      local name, value, keep = given[i], given[i + 1], given[i + 2]
      local before = redis.call('HSTRLEN', entries, name)
      if keep == '' or before == 0 then
        if before > 0 then grown = grown - #name - before end
        if value ~= '' then grown = grown + #name + #value end
        names[#names + 1], values[#values + 1] = name, value
        parts[#parts + 1] = cjson.encode(name) .. ':' .. (value == '' and 'null' or value)
      end
    end
    at = at + 2 + 3 * count
    local letters = redis.call('HGET', room, 'letters')
    if grown > 0 and letters + grown > tonumber(most) then
      results[#results + 1] = 0
    else
      for i, name in ipairs(names) do
        if values[i] == '' then
          redis.call('HDEL', entries, name)
        else
          redis.call('HSET', entries, name, values[i])
        end
      end
      if grown ~= 0 then redis.call('HINCRBY', room, 'letters', grown) end
      if #parts > 0 then
        said[#said + 1] = '[' .. cjson.encode(by) .. ',{' .. table.concat(parts, ',') .. '}]'
      end
      results[#results + 1] = 1
    end
  end
  if #said > 0 then
    goes_with_room(entries)
    tell('[' .. table.concat(said, ',') .. ']')
  end
  results[1] = last_told()
  return results
end

function steps.close(code)
  tell('null')
  redis.call('DEL', room, entries, sizes, seats, here, beats)
  redis.call('PEXPIRE', news, PARTING)
  redis.call('ZREM', rooms, code)
  return 0
end

local step = ARGV[1]
if step ~= 'open' and redis.call('EXISTS', room) == 0 then return NONE end
if step == 'publish' then return steps.publish(ARGV[2]) end -- more than can be unpacked
return steps[step](unpack(ARGV, 2))
