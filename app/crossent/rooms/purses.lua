-- What is left in purses, each of which fills at its own rate: ARGV says how much is taken from each, then of each
-- how much comes a second, and how much it holds, which is its largest debt too. 1 if all had something before.

local amount = tonumber(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1e6
local had = 1

for i, purse in ipairs(KEYS) do
  local rate, most = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local left, at = unpack(redis.call('HMGET', purse, 'left', 'at'))
  left = left and math.min(most, left + (now - at) * rate) or most
  if left <= 0 then had = 0 end
  if amount > 0 then
    left = math.max(-most, left - amount)
    redis.call('HSET', purse, 'left', tostring(left), 'at', string.format('%.6f', now))
    redis.call('PEXPIRE', purse, math.ceil(1000 * (most - left) / rate))
  end
end

return had
