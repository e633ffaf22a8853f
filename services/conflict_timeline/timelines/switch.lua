-- Serves another version, if the one expected is served still.
--
-- KEYS: 1 serving (hash), 2 versions (hash). ARGV: 1 projection, 2 version expected (empty: none),
-- 3 version to serve. Answers 1 when it is served now, 0 when another one is, -1 when there is no such version.

if redis.call('HEXISTS', KEYS[2], ARGV[1] .. ':' .. ARGV[3]) == 0 then
  return -1
end
local now = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if now == ARGV[3] then
  return 1
end
if now ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
