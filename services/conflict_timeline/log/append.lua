-- Appends events to the log of a conflict, each one once (I1, I2).
--
-- KEYS: 1 log (stream), 2 ids (hash). ARGV: for each event its key, digest, bytes and salt.
-- Answers: head, recorded at (ms), then for each event a code and a position.
-- Codes: 0 the same bytes were recorded there before, 1 recorded now, 2 other bytes were.
--
-- A script is atomic but no transaction: whatever can be wrong is looked for before the first write.

local log, ids = KEYS[1], KEYS[2]

local function broken(what)
  return redis.error_reply('BROKENLOG ' .. what)
end

local function type_of(key)
  return redis.call('TYPE', key).ok
end

local log_type, ids_type = type_of(log), type_of(ids)
if log_type ~= 'stream' and log_type ~= 'none' then
  return broken(log .. ' is a ' .. log_type .. ', not a stream')
end
if ids_type ~= 'hash' and ids_type ~= 'none' then
  return broken(ids .. ' is a ' .. ids_type .. ', not a hash')
end

-- The head is the last id ever given, not the last entry: that one may have been trimmed.
local head = 0
if log_type == 'stream' then
  local info = redis.call('XINFO', 'STREAM', log)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      local position = string.match(info[i + 1], '^(%d+)%-0$')
      if not position or #position > 15 then
        return broken('the last id of ' .. log .. ' is ' .. info[i + 1] .. ', which is no position')
      end
      head = tonumber(position)
    end
  end
end

local noted = redis.call('HMGET', ids, 'head', 'recorded_at')
if tonumber(noted[1] or 0) ~= head then
  return broken(log .. ' ends at ' .. head .. ' but ' .. ids .. ' at ' .. (noted[1] or 'nothing'))
end

local recorded_before = tonumber(noted[2] or 0)
if not recorded_before then
  return broken(ids .. ' says it was recorded at ' .. noted[2])
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local recorded_at = math.max(now, recorded_before)
local at = string.format('%.0f', recorded_at)

-- By event key: the position and the digest of what was recorded, this batch included.
local known = {}
for i = 1, #ARGV, 4 do
  local entry = redis.call('HGET', ids, ARGV[i])
  if entry then
    local position, digest = string.match(entry, '^(%d+):(.+)$')
    if not position then
      return broken(ids .. ' has no position for ' .. ARGV[i])
    end
    known[ARGV[i]] = {tonumber(position), digest}
  end
end

local answer = {0, 0}
for i = 1, #ARGV, 4 do
  local key, digest = ARGV[i], ARGV[i + 1]
  local first = known[key]
  if first then
    answer[#answer + 1] = first[2] == digest and 0 or 2
    answer[#answer + 1] = first[1]
  else
    head = head + 1
    local position = string.format('%.0f', head)
    redis.call('XADD', log, position .. '-0', 'e', ARGV[i + 2], 't', at, 's', ARGV[i + 3])
    redis.call('HSET', ids, key, position .. ':' .. digest, 'head', position, 'recorded_at', at)
    known[key] = {head, digest}
    answer[#answer + 1] = 1
    answer[#answer + 1] = head
  end
end
answer[1], answer[2] = head, recorded_at
return answer
