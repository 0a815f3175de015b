import { corruptReply } from '../errors.js';
import { type Script, script } from '../run-script.js';

/** KEYS: documents, numbers. ARGV: number, document. */
export const putCheckpointScript: Script = script(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[1], ARGV[1])
`);

/** KEYS: documents. Their count, and the sum of their storedBytes as text: a number of a script's answer is cut to 53 bits and to a whole one. */
export const sumCheckpointsScript: Script = script(`
local bytes = 0
local documents = redis.call('HVALS', KEYS[1])
for _, document in ipairs(documents) do bytes = bytes + cjson.decode(document).storedBytes end
return { #documents, string.format('%.0f', bytes) }
`);

/** KEYS: documents, numbers. ARGV: first score, how many. The documents of so many numbers, downwards. */
export const pageCheckpointsScript: Script = script(`
if redis.call('HLEN', KEYS[1]) ~= redis.call('ZCARD', KEYS[2]) then
  return redis.error_reply('${corruptReply} there are not as many snapshots as numbers of snapshots')
end
local numbers = redis.call('ZREVRANGEBYSCORE', KEYS[2], ARGV[1], '-inf', 'LIMIT', 0, ARGV[2])
if #numbers == 0 then return {} end
return redis.call('HMGET', KEYS[1], unpack(numbers))
`);

/** KEYS: documents, numbers. ARGV: numbers. */
export const removeCheckpointsScript: Script = script(`
redis.call('HDEL', KEYS[1], unpack(ARGV))
redis.call('ZREM', KEYS[2], unpack(ARGV))
`);

/**
 * KEYS: events, their count, the mark of this call. ARGV: instant, document.
 *
 * The mark stays for longer than any call is tried.
 */
export const appendEventScript: Script = script(`
if not redis.call('SET', KEYS[3], '1', 'NX', 'PX', '600000') then return end
local number = redis.call('INCR', KEYS[2])
redis.call('ZADD', KEYS[1], '0', ARGV[1] .. string.format('%016.0f', number) .. ARGV[2])
`);

/** KEYS: the job's record. ARGV: document, time of creation, version. */
export const putJobScript: Script = script(`
redis.call('HSETNX', KEYS[1], 'createdAt', ARGV[2])
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'version', ARGV[3])
`);
