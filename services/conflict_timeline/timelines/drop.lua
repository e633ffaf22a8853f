-- Removes a version of a timeline that is not served: all of it or nothing.
--
-- KEYS: 1 serving (hash), 2 versions (hash), 3 timeline, 4 checkpoint. ARGV: 1 projection, 2 version.
-- Answers 1 when it is gone, 0 when it is the one served.

if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[1] .. ':' .. ARGV[2])
redis.call('UNLINK', KEYS[3], KEYS[4])
return 1
