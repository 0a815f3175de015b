import { corruptReply } from '../errors.js';
import { type Script, script } from '../run-script.js';

/** KEYS of the scripts about checkpoints: documents, their numbers in order, what they come to. */
const bytesOf = `
local function bytesOf(document)
  local right, record = pcall(cjson.decode, document)
  return right and type(record) == 'table' and tonumber(record.storedBytes) or 0
end
local function add(snapshots, bytes)
  redis.call('HINCRBY', KEYS[3], 'snapshots', snapshots)
  redis.call('HINCRBY', KEYS[3], 'bytes', string.format('%.0f', bytes))
end
`;

/** ARGV: number, document. */
export const putCheckpointScript: Script = script(`${bytesOf}
local before = redis.call('HGET', KEYS[1], ARGV[1])
add(before and '0' or '1', bytesOf(ARGV[2]) - (before and bytesOf(before) or 0))
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[1], ARGV[1])
`);

/** ARGV: the highest number, how many. Tells documents, that of the highest number first. */
export const listCheckpointsScript: Script = script(`
if redis.call('HLEN', KEYS[1]) ~= redis.call('ZCARD', KEYS[2]) then
  return redis.error_reply('${corruptReply} there are not as many snapshots as numbers of snapshots')
end
local numbers = redis.call('ZREVRANGEBYSCORE', KEYS[2], ARGV[1], '-inf', 'LIMIT', '0', ARGV[2])
return #numbers == 0 and {} or redis.call('HMGET', KEYS[1], unpack(numbers))
`);

/** ARGV: numbers. */
export const removeCheckpointsScript: Script = script(`${bytesOf}
for _, number in ipairs(ARGV) do
  local before = redis.call('HGET', KEYS[1], number)
  if before then
    add('-1', -bytesOf(before))
    redis.call('HDEL', KEYS[1], number)
    redis.call('ZREM', KEYS[2], number)
  end
end
`);

/** KEYS: events, their count. ARGV: instant, document. What is there already at that instant is not appended again. */
export const appendEventScript: Script = script(`
local same = redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[1], '(' .. ARGV[1] .. ':')
for _, member in ipairs(same) do
  if string.sub(member, #ARGV[1] + 17) == ARGV[2] then return end
end
local number = redis.call('INCR', KEYS[2])
redis.call('ZADD', KEYS[1], '0', ARGV[1] .. string.format('%016.0f', number) .. ARGV[2])
`);

/** KEYS: the job's record. ARGV: document, time of creation, version. */
export const putJobScript: Script = script(`
redis.call('HSETNX', KEYS[1], 'createdAt', ARGV[2])
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'version', ARGV[3])
`);
