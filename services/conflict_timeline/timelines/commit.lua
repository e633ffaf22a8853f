-- Commits revisions and a checkpoint, once (I6): compares the checkpoint first.
--
-- KEYS: 1 timeline (stream), 2 checkpoint (hash).
-- ARGV: 1 position expected, 2 digest expected, 3 position reached, 4 digest there, 5 revisions there,
-- 6 events that are amended but not recorded yet, then for each revision its entry id, bytes and the digest after it.
-- Answers: {1} when committed, else {0, position, digest, revisions} as they stand.

local timeline, checkpoint = KEYS[1], KEYS[2]

local kind = redis.call('TYPE', timeline).ok
if kind ~= 'stream' and kind ~= 'none' then
  return redis.error_reply('BROKENTIMELINE ' .. timeline .. ' is a ' .. kind .. ', not a stream')
end
local noted = redis.call('HMGET', checkpoint, 'position', 'digest', 'revisions')
local position, digest = noted[1] or '0', noted[2] or string.rep('0', 64)
if position ~= ARGV[1] or digest ~= ARGV[2] then
  return {0, position, digest, noted[3] or '0'}
end
local length = 0
if kind == 'stream' then
  local info = redis.call('XINFO', 'STREAM', timeline)
  for i = 1, #info, 2 do
    if info[i] == 'length' then
      length = info[i + 1]
    elseif info[i] == 'last-generated-id' then
      local last = tonumber(string.match(info[i + 1], '^(%d+)%-'))
      if last > tonumber(position) then
        return redis.error_reply('BROKENTIMELINE ' .. timeline .. ' runs to ' .. info[i + 1]
          .. ', beyond its checkpoint at ' .. position)
      end
    end
  end
end
-- A timeline that was deleted or trimmed would go on without its beginning, and nobody would see.
if length ~= tonumber(noted[3] or 0) then
  return redis.error_reply('BROKENTIMELINE ' .. timeline .. ' holds ' .. length
    .. ' revisions, its checkpoint counts ' .. (noted[3] or 0))
end
for i = 7, #ARGV, 3 do
  redis.call('XADD', timeline, ARGV[i], 'r', ARGV[i + 1], 'd', ARGV[i + 2])
end
redis.call('HSET', checkpoint, 'position', ARGV[3], 'digest', ARGV[4], 'revisions', ARGV[5],
  'waiting', ARGV[6])
redis.call('HDEL', checkpoint, 'stuck')
return {1}
