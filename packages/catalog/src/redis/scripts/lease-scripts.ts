import { corruptReply } from '../errors.js';
import { type Script, script } from '../run-script.js';

/**
 * A lease is a hash: `term`, `attempt` (empty where it is free), `holder`, `acquired` and `expires` in milliseconds of the server's clock,
 * `freed` (which call freed it). It is never removed.
 *
 * Numbers go to text by their format: Lua's own writes large ones with an exponent.
 */
const common = `
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local stored = redis.call('HMGET', KEYS[1], 'term', 'attempt', 'holder', 'acquired', 'expires', 'freed')
local term, attempt, holder, acquired, expires = tonumber(stored[1] or '0'), stored[2] or '', stored[3] or '', tonumber(stored[4] or '0'), tonumber(stored[5] or '0')
if not (term and acquired and expires) then return redis.error_reply('${corruptReply} the lease in ' .. KEYS[1] .. ' has no numbers') end
local function text(number) return string.format('%.0f', number) end
local function answer(word) return { word, text(term), holder, text(acquired), text(expires) } end
`;

/**
 * ARGV: attempt, holder, time to live, a random number below 4096.
 *
 * A new term is above the stored one and not below the server's time, so that it repeats none even where a fail-over lost the last
 * ones: see docs/adr, "Terms from the clock". 1767225600000 is the beginning of 2026.
 */
export const acquireScript: Script = script(`${common}
local held = attempt ~= '' and expires > now
if held and attempt ~= ARGV[1] then return answer('held') end
if attempt ~= ARGV[1] then
  term = math.max(term + 1, (now - 1767225600000) * 4096 + tonumber(ARGV[4]))
  acquired = now
end
local word = attempt == ARGV[1] and 'renewed' or 'given'
holder, expires = ARGV[2], now + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'term', text(term), 'attempt', ARGV[1], 'holder', holder, 'acquired', text(acquired), 'expires', text(expires))
return answer(word)
`);

/**
 * ARGV: attempt, term, time to live, holder, acquired.
 *
 * A term above the stored one was given by a server that is lost: its holder brings it back, with all that was known of it.
 */
export const renewScript: Script = script(`${common}
local mine = tonumber(ARGV[2])
if mine > term then
  term, attempt, holder, acquired = mine, ARGV[1], ARGV[4], tonumber(ARGV[5])
elseif mine ~= term or attempt ~= ARGV[1] then
  return answer(attempt == '' and 'free' or 'lost')
end
expires = now + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'term', text(term), 'attempt', attempt, 'holder', holder, 'acquired', text(acquired), 'expires', text(expires))
return answer('renewed')
`);

/** ARGV: attempt, term, the call: asked again, it gives the same answer. Tells 1 where it was freed. */
export const freeScript: Script = script(`${common}
local mine = tonumber(ARGV[2])
if mine == term and stored[6] == ARGV[3] then return 1 end
if mine < term or (mine == term and attempt ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'term', text(mine), 'attempt', '', 'freed', ARGV[3])
return 1
`);

/** Who holds it now. */
export const currentScript: Script = script(`${common}
if attempt == '' or expires <= now then return { 'free' } end
return answer('held')
`);
