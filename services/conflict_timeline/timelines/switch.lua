-- Serves another version, if the one expected is served still.
--
-- KEYS: 1 serving (hash). ARGV: 1 projection, 2 version expected (empty: none), 3 version to serve.
-- Answers 1 when it is served now, else 0.

local now = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if now == ARGV[3] then
  return 1
end
if now ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
