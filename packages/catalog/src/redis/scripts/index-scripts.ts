import { type Script, script } from '../run-script.js';

/** KEYS: intents, entries. ARGV: job, this call's mark. Notes that the job is about to change, and tells its entry as it is. */
export const intendScript: Script = script(`
local clock = redis.call('TIME')
redis.call('ZADD', KEYS[1], clock[1], ARGV[2] .. ARGV[1])
return redis.call('HGET', KEYS[2], ARGV[1]) or ''
`);

/**
 * KEYS: intents, entries, the choices that the job was in, the choices that it is in now.
 * ARGV: job, this call's mark or nothing, the entry as the caller knows it, the new entry or nothing, how many choices it was in, the
 * old member, the new one.
 *
 * Changes the entry only where it is still as the caller knows it, and tells it as it is after.
 */
export const reindexScript: Script = script(`
local stored = redis.call('HGET', KEYS[2], ARGV[1]) or ''
if stored ~= ARGV[3] then
  if stored == ARGV[4] and ARGV[2] ~= '' then redis.call('ZREM', KEYS[1], ARGV[2] .. ARGV[1]) end
  return stored
end
local before = 2 + tonumber(ARGV[5])
for place = 3, before do redis.call('ZREM', KEYS[place], ARGV[6]) end
for place = before + 1, #KEYS do redis.call('ZADD', KEYS[place], '0', ARGV[7]) end
if ARGV[4] == '' then redis.call('HDEL', KEYS[2], ARGV[1]) else redis.call('HSET', KEYS[2], ARGV[1], ARGV[4]) end
if ARGV[2] ~= '' then redis.call('ZREM', KEYS[1], ARGV[2] .. ARGV[1]) end
return ARGV[4]
`);

/** KEYS: intents. ARGV: from which age on, in seconds, intents are told; how many of the oldest are passed over; the most of them. Tells the time, then intents and theirs, the oldest first. */
export const stoppedScript: Script = script(`
local now = redis.call('TIME')[1]
return { now, redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', tostring(tonumber(now) - tonumber(ARGV[1])), 'WITHSCORES', 'LIMIT', ARGV[2], ARGV[3]) }
`);

/**
 * KEYS: the choice to walk through, then those that a job must be in too. ARGV: first and last member, how many characters of a member
 * are its time, what the name begins with, how many to find, how many to look at.
 *
 * Tells the members found, and from where to go on: nothing where the end was reached.
 */
export const walkScript: Script = script(`
local found, looked, from = {}, 0, ARGV[1]
local skip, wanted, most = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])
while looked < most do
  local members = redis.call('ZRANGEBYLEX', KEYS[1], from, ARGV[2], 'LIMIT', '0', tostring(math.min(500, most - looked)))
  if #members == 0 then return { found, '' } end
  for _, member in ipairs(members) do
    looked, from = looked + 1, '(' .. member
    local fits = string.sub(member, skip + 1, skip + #ARGV[4]) == ARGV[4]
    for place = 2, #KEYS do fits = fits and redis.call('ZSCORE', KEYS[place], member) end
    if fits then
      found[#found + 1] = member
      if #found == wanted then return { found, from } end
    end
  end
end
return { found, from }
`);
