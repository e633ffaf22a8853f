-- Settles intake entries once: acknowledges and removes them, and keeps those that were refused.
--
-- KEYS: 1 intake stream, 2 the refused stream. ARGV: 1 group, then for each entry its id, the number
-- of its refusal's field names and values (0: not refused), and these.
-- Two consumers may hold the same entry after a claim; only the one that acknowledges it first keeps
-- the refusal.

local at, settled = 2, 0
while at <= #ARGV do
  local entry, count = ARGV[at], tonumber(ARGV[at + 1])
  local first = at + 2
  at = first + count
  if redis.call('XACK', KEYS[1], ARGV[1], entry) == 1 then
    if count > 0 then
      redis.call('XADD', KEYS[2], '*', unpack(ARGV, first, at - 1))
    end
    redis.call('XDEL', KEYS[1], entry)
    settled = settled + 1
  end
end
return settled
